namespace Lodge.Benchmarks.Paging;

/// <summary>64 MiB of virtual memory in 4 KiB pages of x86-64 with 4 levels, which lead to pages in random order.</summary>
internal sealed class PagedLayout : IDisposable
{
    public const ulong Bytes = 64 << 20;
    public const ulong PageBytes = 4 << 10;
    public const int Pages = (int)(Bytes / PageBytes);

    /// <summary>Where the virtual memory starts: in the upper half, and not at the start of a table.</summary>
    public const ulong Start = 0xffff_8881_2345_6000;

    private const ulong TableBytes = 1 << 20;

    public PagedLayout(int pages = Pages)
    {
        // Page n leads to another page; tables lie behind all pages.
        var random = new Random(1);
        ulong[] targets = [.. Enumerable.Range(0, pages).Select(page => (ulong)page * PageBytes)];
        random.Shuffle(targets);
        Memory = GuestMemory.Anonymous(Bytes + TableBytes);
        var editor = new PageTableEditor(
            Memory, PageTableFormat.X64FourLevels, new FrameAllocator(new GuestRange(Bytes, TableBytes)));
        for (int page = 0; page < pages; page++)
            editor.Map(new GuestRange(Start + ((ulong)page * PageBytes), PageBytes), targets[page], MemoryAccess.ReadWrite);

        Regime = TranslationRegime.Of(editor.Table);
    }

    public GuestMemory Memory { get; }

    public TranslationRegime Regime { get; }

    /// <summary>Shuffled addresses of 8 bytes in all pages, with nearly the same number in each.</summary>
    public static GuestAddress[] RandomAddresses(int pages, int count)
    {
        var random = new Random(2);
        var addresses = new GuestAddress[count];
        for (int i = 0; i < count; i++)
        {
            ulong offset = (ulong)random.Next((int)PageBytes / sizeof(ulong)) * sizeof(ulong);
            addresses[i] = Start + ((ulong)(i % pages) * PageBytes) + offset;
        }

        random.Shuffle(addresses);
        return addresses;
    }

    public void Dispose() => Memory.Dispose();
}
