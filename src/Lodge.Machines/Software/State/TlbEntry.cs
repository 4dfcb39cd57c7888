namespace Lodge.Machines;

/// <summary>A page of the guest's and where it lies in the host.</summary>
internal struct TlbEntry
{
    public const int PageShift = 12;
    public const ulong PageBytes = 1UL << PageShift;
    public const ulong PageMask = ~(PageBytes - 1);

    /// <summary>A tag that no page has.</summary>
    public const ulong NoPage = 1;

    /// <summary>The guest-virtual address of the page.</summary>
    public ulong Tag;

    /// <summary>What to add to a guest-virtual address to get to its place in the host.</summary>
    public ulong Addend;
}
