using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>One level of a page-table format: how its tables are indexed, and what the bits of their entries mean.</summary>
/// <remarks>
/// The same few rules, with other masks, describe all architectures. A rule over "patterns" looks at bits 5:0 of an entry, and is
/// a set of the 64 numbers they can be, one bit for each.
/// </remarks>
public sealed class PageTableLevel
{
    private readonly ulong _indexMask;

    internal PageTableLevel(int number, int shift, int indexBits)
    {
        Number = number;
        Shift = shift;
        IndexBits = indexBits;
        _indexMask = (1UL << indexBits) - 1;
    }

    /// <summary>The level's number: 1 has the smallest pages. (AArch64 counts the other way round, from 3; RISC-V from
    /// 0.)</summary>
    public int Number { get; }

    /// <summary>How many bits of an address are below this level's index; an entry covers 2^Shift bytes.</summary>
    public int Shift { get; }

    /// <summary>How many bits the index has.</summary>
    public int IndexBits { get; }

    /// <summary>How many bytes one entry covers.</summary>
    public ulong EntryCoverage => 1UL << Shift;

    /// <summary>How many entries a table has.</summary>
    public int EntryCount => 1 << IndexBits;

    /// <summary>How many bytes a table has, which is also what it is aligned to.</summary>
    public ulong TableBytes => (ulong)EntryCount * PageTableFormat.EntryBytes;

    /// <summary>Whether an entry can map a page of <see cref="EntryCoverage"/> bytes.</summary>
    public bool CanMapPages { get; init; }

    /// <summary>The index of an address in a table of this level.</summary>
    public int IndexOf(GuestAddress address) => (int)((address.Value >> Shift) & _indexMask);

    /// <summary>The level that tables lead to from here; null on level 1.</summary>
    internal PageTableLevel? Below { get; private set; }

    /// <summary>The bits of <see cref="TypeField"/> in an entry.</summary>
    internal ulong TypeBits { get; private set; }

    /// <summary>Ends the making of a level.</summary>
    internal void Complete(PageTableLevel? below)
    {
        Below = below;
        TypeBits = TypeField.Set(uint.MaxValue);

        // Where a level has no such entries: nothing is within an empty mask.
        if (!CanMapPages)
            (UsualLeafMask, UsualLeafValue) = (0, 1);

        if (below is null)
            (UsualTableMask, UsualTableValue) = (0, 1);
    }

    /// <summary>Patterns of entries that are not there.</summary>
    internal ulong AbsentPatterns { get; init; }

    /// <summary>Bits outside of the pattern that make an entry present after all.</summary>
    internal ulong PresentBits { get; init; }

    // An entry is a leaf where one of the mask's bits differs from what is given here.
    internal ulong LeafMask { get; init; }

    internal ulong LeafFlip { get; init; }

    internal ulong LeafReserved { get; init; }

    internal ulong LeafMalformedPatterns { get; init; }

    // Bits of a leaf that must not all be set; none, if the value is not within the mask.
    internal ulong LeafForbiddenMask { get; init; }

    internal ulong LeafForbiddenValue { get; init; } = 1;

    // What nearly all leaves, and nearly all entries of tables, have in common: where these bits have this value, no other rule
    // has to be looked at.
    internal ulong UsualLeafMask { get; set; }

    internal ulong UsualLeafValue { get; set; }

    internal ulong UsualTableMask { get; set; }

    internal ulong UsualTableValue { get; set; }

    internal ulong TableReserved { get; init; }

    internal ulong TableMalformedPatterns { get; init; }

    /// <summary>What is set in each leaf, and in each entry that leads to a table.</summary>
    internal ulong LeafConstant { get; init; }

    internal ulong TableConstant { get; init; }

    internal AddressField LeafAddress { get; init; }

    internal AddressField TableAddress { get; init; }

    /// <summary>The bits of a leaf that choose its memory type.</summary>
    internal EntryField TypeField { get; init; }

    internal ulong IndexMask => _indexMask;

    /// <summary>The entry of the level below for a part of the page that an entry maps, without its address: everything else that
    /// the entry says, and what is not decoded here.</summary>
    internal ulong LeafOfLevelBelow(ulong entry)
    {
        PageTableLevel below = Below!;
        ulong levelsOwn = LeafConstant | TypeBits | LeafAddress.AllBits | below.LeafAddress.AllBits;
        return (entry & ~levelsOwn) | below.LeafConstant | below.TypeField.Set(TypeField.Get(entry));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsUsualLeaf(ulong entry) => (entry & UsualLeafMask) == UsualLeafValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsUsualTable(ulong entry) => (entry & UsualTableMask) == UsualTableValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsAbsent(ulong entry) => (Pattern(entry) & AbsentPatterns) != 0 && (entry & PresentBits) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsLeaf(ulong entry) => ((entry ^ LeafFlip) & LeafMask) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsMalformedLeaf(ulong entry)
        => ((entry & LeafReserved) | (Pattern(entry) & LeafMalformedPatterns)) != 0
            || (entry & LeafForbiddenMask) == LeafForbiddenValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsMalformedTable(ulong entry) => ((entry & TableReserved) | (Pattern(entry) & TableMalformedPatterns)) != 0;

    // The shift takes the lowest 6 bits of its right side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pattern(ulong entry) => 1UL << (int)entry;
}
