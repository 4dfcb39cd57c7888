namespace Lodge.EndToEnd.Tests;

/// <summary>What a line of <c>info tlb</c> says of a page's own entry: the bits, where the hardware has them.</summary>
[Flags]
internal enum TlbFlags : ulong
{
    None = 0,
    Writable = 1UL << 1,
    User = 1UL << 2,
    WriteThrough = 1UL << 3,
    CacheDisabled = 1UL << 4,
    Accessed = 1UL << 5,
    Dirty = 1UL << 6,
    Large = 1UL << 7,
    Global = 1UL << 8,
    NoExecute = 1UL << 63,
    All = Writable | User | WriteThrough | CacheDisabled | Accessed | Dirty | Large | Global | NoExecute,
}
