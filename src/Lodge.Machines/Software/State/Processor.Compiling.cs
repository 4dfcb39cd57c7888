namespace Lodge.Machines;

/// <content>Compiled code: which blocks become some, and when it may be entered.</content>
internal sealed unsafe partial class Processor
{
    // What is executed once or twice is not worth 40 us; what is written again and again is not worth it either.
    private const int MostRewrites = 16;
    private const int MostRegionBlocks = 48;
    private const int MostRegionInstructions = 400;
    private const int MostRegionPages = 4;
    private const int VerifiedCount = 64;

    private readonly VerifiedRegion[] _verified = new VerifiedRegion[VerifiedCount];

    /// <summary>Whether a region can be entered now.</summary>
    private bool MayEnter(CompiledRegion region)
    {
        if (_executed + (ulong)region.LongestPath > Volatile.Read(ref _attentionAt))
            return false;

        // One that lies on its head's page is found with it.
        if (region.Pages.Length <= 1)
            return true;

        ref VerifiedRegion verified = ref _verified[(int)(region.Head.Start >> 4) & (VerifiedCount - 1)];
        if (verified.Region == region && verified.Stamp == _stamp)
            return true;

        if (!TryVerify(region))
            return false;

        verified = new VerifiedRegion { Region = region, Stamp = _stamp };
        return true;
    }

    private bool TryVerify(CompiledRegion region)
    {
        foreach (RegionPage page in region.Pages)
        {
            if (!TryFetchPage(page.Address, out FetchEntry fetch))
            {
                _stop = StopKind.None;
                return false;
            }

            if (fetch.Code != page.Page || page.Page.Version != page.Version)
            {
                region.Head.GiveUpRegion();
                return false;
            }
        }

        return true;
    }

    /// <summary>Has a block compiled that was executed often, with those that it leads to.</summary>
    private void RequestCompiling(CodeBlock head)
    {
        if (head.Page is not { } page || page.Version > MostRewrites)
            return;

        RegionSource? source = Collect(head);
        if (source is null)
            return;

        if (_options.CompilesAtOnce)
            CompiledRegions.Compile(source);
        else if (!CompiledRegions.TryRequest(source))
            head.Executions = 0;
    }

    private RegionSource? Collect(CodeBlock head)
    {
        var pages = new List<(RegionPage Region, FetchEntry Fetch)>();
        var found = new List<CodeBlock>();
        var waiting = new Queue<CodeBlock>();
        var seen = new HashSet<ulong> { head.Start };
        waiting.Enqueue(head);
        int instructions = 0;
        while (found.Count < MostRegionBlocks && waiting.TryDequeue(out CodeBlock? block))
        {
            if (instructions + block.Count > MostRegionInstructions || !TryAddPages(block, pages))
                continue;

            instructions += block.Count;
            found.Add(block);
            Follow(block.Target);
            Follow(block.End);
        }

        // By address, so that branches backwards are loops; the head stays the first.
        found.Sort((one, other) => one == head ? -1 : other == head ? 1 : one.Start.CompareTo(other.Start));
        var blocks = new List<RegionBlock>(found.Count);
        foreach (CodeBlock block in found)
        {
            if (TryCopy(block, pages) is not { } bytes)
            {
                if (block == head)
                    return null;

                continue;
            }

            blocks.Add(new RegionBlock(block.Start, bytes, block.Count));
        }

        return new RegionSource(head, [.. blocks], [.. pages.Select(page => page.Region)], _options.Logger);

        void Follow(ulong address)
        {
            if (address != 0 && seen.Add(address) && Peek(address) is { } next)
                waiting.Enqueue(next);
        }
    }

    private bool TryAddPages(CodeBlock block, List<(RegionPage Region, FetchEntry Fetch)> pages)
        => TryAddPage(block.Start, block.Page, pages)
            && (block.SecondPage is not { } second || TryAddPage(block.End - 1, second, pages));

    private bool TryAddPage(ulong address, CodePage? page, List<(RegionPage Region, FetchEntry Fetch)> pages)
    {
        ulong start = address & TlbEntry.PageMask;
        foreach ((RegionPage known, _) in pages)
        {
            if (known.Address == start)
                return known.Page == page;
        }

        if (pages.Count == MostRegionPages || !TryFetchPage(start, out FetchEntry fetch) || fetch.Code != page)
        {
            _stop = StopKind.None;
            return false;
        }

        pages.Add((new RegionPage(start, page!, page!.Version), fetch));
        return true;
    }

    /// <summary>A block that was executed in this run, if it is still known where.</summary>
    private CodeBlock? Peek(ulong address)
    {
        ref FetchEntry fetch = ref _fetches[(int)(address >> TlbEntry.PageShift) & (FetchCount - 1)];
        if (fetch.Page != (address & TlbEntry.PageMask) || fetch.Epoch != _epoch)
            return null;

        lock (fetch.Owner!.Lock)
            return fetch.Code!.Find(address);
    }

    /// <summary>The bytes that a block was decoded from.</summary>
    private static byte[]? TryCopy(CodeBlock block, List<(RegionPage Region, FetchEntry Fetch)> pages)
    {
        var bytes = new byte[block.End - block.Start];
        int done = 0;
        while (done < bytes.Length)
        {
            ulong address = block.Start + (ulong)done;
            int offset = (int)(address & ~TlbEntry.PageMask);
            int part = Math.Min(bytes.Length - done, (int)TlbEntry.PageBytes - offset);
            (RegionPage region, FetchEntry fetch) = pages.Find(page => page.Region.Address == (address & TlbEntry.PageMask));
            lock (fetch.Owner!.Lock)
            {
                if (region.Page.Version != region.Version)
                    return null;

                region.Page.Copy.Slice(offset, part).CopyTo(bytes.AsSpan(done));
            }

            done += part;
        }

        return bytes;
    }
}
