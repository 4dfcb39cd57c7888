namespace Lodge.Paging;

/// <summary>Neighbouring pages that lead to neighbouring addresses and allow the same.</summary>
/// <param name="Range">The addresses.</param>
/// <param name="Target">Where the first of them leads; the others follow on.</param>
/// <param name="Rights">What may be done, on all levels and under the rules of the regime.</param>
/// <param name="MemoryType">The pages' memory type.</param>
/// <param name="IsGlobal">Whether the pages are global.</param>
/// <param name="SmallestLevel">The level of the smallest of the pages, 1 having the smallest there are.</param>
/// <param name="LargestLevel">The level of the largest of the pages.</param>
public readonly record struct MappedRange(
    GuestRange Range,
    GuestAddress Target,
    PageRights Rights,
    MemoryType MemoryType,
    bool IsGlobal,
    int SmallestLevel,
    int LargestLevel)
{
    /// <summary>Those of the system's own bits that were asked for.</summary>
    public ushort SoftwareBits { get; init; }
}
