using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <content>From an address to the code that was translated from what lies there.</content>
/// <remarks>
/// Three things can make an address lead elsewhere: the guest changes its tables (the epoch ends), it changes its code (so does
/// the epoch), or the host does while the processor does not run (the run ends). A page that its owner vouches for is not looked
/// at again in each run.
/// </remarks>
internal sealed unsafe partial class Processor
{
    private const int JumpCount = 1024;
    private const int FetchCount = 64;

    private readonly JumpEntry[] _jumps = new JumpEntry[JumpCount];
    private readonly FetchEntry[] _fetches = new FetchEntry[FetchCount];
    private readonly BlockDecoder _decoder = new();

    // Of the translations, and of the translations in this run; the lowest bit is the privilege level's.
    private ulong _epoch = 2;
    private ulong _stamp = 2;

    // A number that no other run of the machine has.
    private long _run;

    /// <summary>The block at an address, or nothing where the processor has to stop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CodeBlock? FindBlock(ulong address)
    {
        ref JumpEntry entry = ref _jumps[(int)(address ^ (address >> 10)) & (JumpCount - 1)];
        return entry.Address == address && entry.Stamp == _stamp ? entry.Block : FindBlockSlow(address, ref entry);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private CodeBlock? FindBlockSlow(ulong address, ref JumpEntry entry)
    {
        // In another run, code is still what it was where its owner vouches for that.
        if (entry.Address == address && entry.Epoch == _epoch
            && entry.Block is { SecondPage: null, Page: { IsImmutable: true, IsGivenUp: false } } known)
        {
            entry.Stamp = _stamp;
            return known;
        }

        CodeBlock? block;
        do
        {
            block = FindBlockInPages(address);
            if (block is null)
                return null;
        }
        while (block.Page is not { IsGivenUp: false });

        entry = new JumpEntry { Address = address, Stamp = _stamp, Epoch = _epoch, Block = block };
        return block;
    }

    /// <summary>Finds a block, or translates it.</summary>
    /// <returns>The block, or nothing where the processor has to stop. Where it was given up on the way it is not to be used:
    /// nobody watches what is written to its page.</returns>
    private CodeBlock? FindBlockInPages(ulong address)
    {
        if (!TryFetchPage(address, out FetchEntry fetch))
            return null;

        CodeBlock? block;
        lock (fetch.Owner!.Lock)
            block = fetch.Code!.Find(address);

        if (block is null)
            return Translate(address, fetch);

        // The page that it ends on may have been exchanged for another, or may have changed, which shows when it is fetched.
        if (block.SecondPage is null)
            return block;

        if (!TryFetchPage((address & TlbEntry.PageMask) + TlbEntry.PageBytes, out FetchEntry next))
            return null;

        lock (fetch.Owner.Lock)
            block = fetch.Code!.Find(address);

        return block?.SecondPage == next.Code ? block : Translate(address, fetch);
    }

    private CodeBlock? Translate(ulong address, in FetchEntry fetch)
    {
        CodePage page = fetch.Code!;
        Guard(fetch);
        int offset = (int)(address & ~TlbEntry.PageMask);
        lock (fetch.Owner!.Lock)
        {
            page.Translators--;
            page.ReadLines(offset, (int)TlbEntry.PageBytes - offset);
            CodeBlock? block = _decoder.TryDecode(page.Copy[offset..], address, CodeBlock.MostInstructions, out int length);
            if (block is not null)
            {
                Keep(block, page, offset, length);
                Count(block, fetch.Owner);
                return block;
            }
        }

        return TranslateAcrossPages(address, fetch);
    }

    /// <summary>Adds a block to its page, unless another processor has given that up meanwhile.</summary>
    private void Keep(CodeBlock block, CodePage page, int offset, int length)
    {
        if (page.IsGivenUp)
            ForgetCodeAddresses();
        else
            page.Add(block, offset, length);
    }

    private void Count(CodeBlock block, TranslatedCode owner)
    {
        if (owner.CountAndLimit(block))
            _machine.ForgetCode(this);
    }

    /// <summary>From here on, writes to a page take the slow path in every processor of the machine.</summary>
    private void Guard(in FetchEntry fetch)
    {
        CodePage page = fetch.Code!;
        bool wasGuarded;
        lock (fetch.Owner!.Lock)
        {
            wasGuarded = page.HasCode;
            page.Translators++;
        }

        if (!wasGuarded)
            _machine.DropWrites(this, page.Host);
    }

    /// <summary>Translates one instruction that lies on two pages.</summary>
    private CodeBlock? TranslateAcrossPages(ulong address, in FetchEntry fetch)
    {
        if (!TryFetchPage((address & TlbEntry.PageMask) + TlbEntry.PageBytes, out FetchEntry next))
            return null;

        // Each owner counts and throws away for itself, and one of them may outlive the other by far.
        if (next.Owner != fetch.Owner)
        {
            StopAtRip(StopKind.Alone);
            return null;
        }

        Guard(fetch);
        Guard(next);
        int offset = (int)(address & ~TlbEntry.PageMask);
        int here = (int)TlbEntry.PageBytes - offset;
        Span<byte> bytes = stackalloc byte[BlockDecoder.MostInstructionBytes];
        CodeBlock block;
        lock (fetch.Owner!.Lock)
        {
            fetch.Code!.Translators--;
            next.Code!.Translators--;
            fetch.Code.ReadLines(offset, here);
            fetch.Code.Copy[offset..].CopyTo(bytes);
            new ReadOnlySpan<byte>(next.Code.Host, bytes.Length - here).CopyTo(bytes[here..]);
            block = _decoder.TryDecode(bytes, address, mostInstructions: 1, out int length)
                ?? throw new InvalidOperationException("An instruction of 15 bytes was not enough for the decoder.");
            if (fetch.Code.IsGivenUp || next.Code.IsGivenUp)
            {
                ForgetCodeAddresses();
            }
            else
            {
                fetch.Code.Add(block, offset, here);
                next.Code.AddEnd(block, bytes[here..], length - here);
            }
        }

        Count(block, fetch.Owner);
        return block;
    }

    /// <summary>Decodes the instruction where the processor is, as it stands in memory now, to be executed by itself.</summary>
    private CodeBlock? DecodeAlone()
    {
        if (!TryFetchPage(Rip, out FetchEntry fetch))
            return null;

        Span<byte> bytes = stackalloc byte[BlockDecoder.MostInstructionBytes];
        int offset = (int)(Rip & ~TlbEntry.PageMask);
        int here = Math.Min(bytes.Length, (int)TlbEntry.PageBytes - offset);
        new ReadOnlySpan<byte>(fetch.Code!.Host + offset, here).CopyTo(bytes);
        CodeBlock? block = _decoder.TryDecode(bytes[..here], Rip, mostInstructions: 1, out _);
        if (block is not null || here == bytes.Length)
            return block;

        if (!TryFetchPage((Rip & TlbEntry.PageMask) + TlbEntry.PageBytes, out FetchEntry next))
            return null;

        new ReadOnlySpan<byte>(next.Code!.Host, bytes.Length - here).CopyTo(bytes[here..]);
        return _decoder.TryDecode(bytes, Rip, mostInstructions: 1, out _);
    }

    /// <summary>The page of an address, to execute it; its content is what was translated from it.</summary>
    private bool TryFetchPage(ulong address, out FetchEntry found)
    {
        ulong page = address & TlbEntry.PageMask;
        ref FetchEntry entry = ref _fetches[(int)(page >> TlbEntry.PageShift) & (FetchCount - 1)];
        if (entry.Page != page || entry.Epoch != _epoch)
        {
            if (!TryFetchPageSlow(address, ref entry))
            {
                found = default;
                return false;
            }
        }

        found = entry;
        CodePage code = entry.Code!;
        if (code.CheckedInRun != _run && !code.IsImmutable)
            Check(entry);

        return true;
    }

    private bool TryFetchPageSlow(ulong address, ref FetchEntry entry)
    {
        if (!_walkers!.TryTranslate(
            address, MemoryAccess.Execute, _privilege, out PageTranslation translation, out PageWalkFailure failure))
        {
            RaiseTranslationFaultAtRip(address, MemoryAccess.Execute, failure);
            return false;
        }

        ulong physical = translation.Address.Value & TlbEntry.PageMask;
        SoftwareSlot? slot = _slots.Find(physical);
        if (slot is null || !slot.IsExecutable)
        {
            StopForInternalError(slot is null
                ? $"the guest executes code at 0x{address:x}, guest-physical {translation.Address}, where there is no memory"
                : $"the guest executes code at 0x{address:x} in memory that is not executable: {slot.Slot.Region}");
            return false;
        }

        ulong page = address & TlbEntry.PageMask;
        CodePage code = slot.Code.PageOf(slot.OffsetOf(physical), slot.HostOf(physical));
        entry = new FetchEntry { Page = page, Epoch = _epoch, Code = code, Owner = slot.Code };
        return true;
    }

    private void Check(in FetchEntry fetch)
    {
        bool isCurrent;
        lock (fetch.Owner!.Lock)
        {
            isCurrent = fetch.Code!.IsCurrent();
            if (!isCurrent)
                fetch.Owner.Clear(fetch.Code);

            fetch.Code.CheckedInRun = _run;
        }

        if (!isCurrent)
            _machine.ForgetCode(this);
    }

    /// <summary>Ends the epoch: every address is looked up again.</summary>
    internal void ForgetCodeAddresses()
    {
        _epoch += 2;
        _stamp += 2;
    }

    /// <summary>Begins a run: the host may have changed any code since the last one.</summary>
    private void BeginRun()
    {
        _run = _machine.NextRun();
        _stamp += 2;
    }

    /// <summary>Looks addresses up as the privilege level has them.</summary>
    private void SelectAddresses()
    {
        ulong level = _privilege == Privilege.User ? 1UL : 0;
        _epoch = (_epoch & ~1UL) | level;
        _stamp = (_stamp & ~1UL) | level;
    }
}
