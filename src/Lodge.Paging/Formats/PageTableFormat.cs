using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lodge.Paging;

/// <summary>A page-table format as data: its levels, and what the bits of its entries mean.</summary>
/// <remarks>
/// <para>The formats there are: <see cref="X64"/>, <see cref="Ept"/>, <see cref="AArch64Stage1"/>, <see cref="AArch64Stage2"/>
/// and
/// <see cref="RiscV"/>. Everything else in this library works on any of them. Entries are 8 bytes, little-endian.</para>
/// <para>Immutable, and so safe for any number of threads.</para>
/// </remarks>
public sealed partial class PageTableFormat
{
    /// <summary>The size of an entry, 8 bytes.</summary>
    public const int EntryBytes = 8;

    /// <summary>The most levels a format has, 5.</summary>
    public const int MostLevels = 5;

    private readonly PageTableLevel[] _levels;

    // For any index that an entry can have.
    private readonly MemoryType[] _types = [];

    private PageTableFormat(PageTableLevel[] levelsFromRoot)
    {
        _levels = levelsFromRoot;
        for (int i = 0; i < levelsFromRoot.Length; i++)
            levelsFromRoot[i].Complete(below: i + 1 < levelsFromRoot.Length ? levelsFromRoot[i + 1] : null);

        Levels = ImmutableCollectionsMarshal.AsImmutableArray(levelsFromRoot);
    }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>The levels, the root's first.</summary>
    public ImmutableArray<PageTableLevel> Levels { get; }

    /// <summary>How many bits of an address are translated.</summary>
    public required int InputBits { get; init; }

    /// <summary>How many bits an address that comes out can have.</summary>
    public required int OutputBits { get; init; }

    /// <summary>Which addresses are translated.</summary>
    public required AddressForm AddressForm { get; init; }

    /// <summary>Whether it translates guest-physical addresses: EPT, AArch64 stage 2, and RISC-V's x4 forms.</summary>
    public bool IsSecondStage { get; init; }

    /// <summary>Whether an entry in use has to be taken away, and TLBs told so, before it is replaced by one of another kind
    /// (AArch64's break-before-make).</summary>
    public bool NeedsBreakBeforeMake { get; init; }

    /// <summary>How many of an address's highest bits are ignored: 8 with AArch64's top-byte-ignore, else 0.</summary>
    public int IgnoredTopBits { get; init; }

    /// <summary>The smallest page.</summary>
    public PageSize PageSize => PageSize.FromBytes(1UL << _levels[^1].Shift);

    /// <summary>Whether the processor keeps accessed and dirty bits in these tables by itself, as this format was made.</summary>
    public bool HasHardwareAccessed { get; init; }

    /// <summary>The memory types in the order of the index in an entry (the PAT, the MAIR, or what the architecture
    /// fixes).</summary>
    public ImmutableArray<MemoryType> MemoryTypes => ImmutableCollectionsMarshal.AsImmutableArray(TypeTable);

    /// <summary>The type of ordinary memory: write-back, or where entries do not say, what the platform says.</summary>
    public MemoryType OrdinaryMemory => TypeTable.Contains(MemoryType.WriteBack) ? MemoryType.WriteBack : MemoryType.Platform;

    internal PageTableLevel[] LevelArray => _levels;

    internal PageTableLevel Root => _levels[0];

    /// <summary>What a number of a leaf's rights field gives: <see cref="PageRights.Bits"/>, 16 of them.</summary>
    internal byte[] LeafRights { get; init; } = [];

    /// <summary>What a number of a table entry's rights field leaves.</summary>
    internal byte[] TableRights { get; init; } = [];

    internal EntryField LeafRightsField { get; init; }

    internal EntryField TableRightsField { get; init; }

    /// <summary>The bits of the field that take rights away when they are set; the others give them.</summary>
    internal ulong TableRightsTaking { get; init; }

    /// <summary>Whether tables have the same bits for it as pages, so that one look tells what is left.</summary>
    internal bool TablesSayRightsAsPages { get; init; }

    internal MemoryType[] TypeTable
    {
        get;
        init
        {
            field = value;
            _types = new MemoryType[16];
            Array.Fill(_types, MemoryType.Unknown);
            value.CopyTo(_types, 0);
        }
    } = [];

    /// <summary>Set in a leaf that was used, and in an entry of a table that was used; 0 where the format has no such
    /// bit.</summary>
    internal ulong LeafAccessed { get; init; }

    internal ulong TableAccessed { get; init; }

    // A leaf is clean where these bits have this value, and becomes dirty when the last ones are flipped.
    internal ulong CleanMask { get; init; }

    internal ulong CleanValue { get; init; } = 1;

    internal ulong DirtyFlip { get; init; }

    // AArch64's dirty-bit modifier (bit 51): a page that is read-only (bit 7) until its first write makes it writable.
    internal ulong ModifierMask { get; init; }

    internal ulong ModifierClears { get; init; }

    internal ulong ModifierSets { get; init; }

    // Global is the bit set (x86-64, RISC-V) or clear (AArch64's nG).
    internal ulong GlobalMask { get; init; }

    internal ulong GlobalFlip { get; init; }

    /// <summary>The bits that are the system's own.</summary>
    internal EntryField SoftwareField { get; init; }

    /// <summary>Whether a page that was not accessed is a fault before its rights are looked at.</summary>
    internal bool LooksAtAccessedFirst { get; init; }

    internal ulong IgnoreGuestTypeMask { get; init; }

    /// <summary>AArch64's SH field, bits 9:8; where it is somewhere else, <see cref="FixedShareability"/> is its value.</summary>
    internal ulong ShareabilityMask { get; init; }

    internal Shareability FixedShareability { get; init; }

    // Addresses that are translated become numbers below 2^InputBits when the first is added; nothing of the second is left then.
    internal ulong AddressBias => AddressForm switch
    {
        AddressForm.SignExtended => 1UL << (InputBits - 1),
        AddressForm.AllOnes => 1UL << InputBits,
        _ => 0,
    };

    internal ulong OutsideMask => ~((1UL << InputBits) - 1);

    /// <summary>The level of a number; 1 has the smallest pages.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public PageTableLevel Level(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, _levels.Length);
        return _levels[^number];
    }

    /// <summary>Whether the format translates an address at all: on x86-64, whether it is canonical.</summary>
    public bool Translates(GuestAddress address)
        => ((Significant(address.Value) + AddressBias) & OutsideMask) == 0;

    /// <summary>What the architecture sees of an address: ignored bits are made those above the translated ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong Significant(ulong address) => (ulong)((long)(address << IgnoredTopBits) >> IgnoredTopBits);

    /// <summary>The translated bits of the first address, from one on, that is translated; 2^InputBits where there is
    /// none.</summary>
    internal ulong TranslatedBitsFrom(ulong address)
    {
        ulong count = 1UL << InputBits;
        ulong firstUpper = Extend(count - 1) & ~(AddressForm == AddressForm.SignExtended ? (count >> 1) - 1 : count - 1);
        return AddressForm switch
        {
            AddressForm.AllZeros => Math.Min(address, count),
            AddressForm.AllOnes => address < firstUpper ? 0 : address & (count - 1),
            _ => address < count >> 1 ? address : address < firstUpper ? count >> 1 : address & (count - 1),
        };
    }

    /// <summary>The address whose translated bits are these.</summary>
    internal ulong Extend(ulong translatedBits) => AddressForm switch
    {
        AddressForm.SignExtended => (ulong)((long)(translatedBits << (64 - InputBits)) >> (64 - InputBits)),
        AddressForm.AllOnes => translatedBits | OutsideMask,
        _ => translatedBits,
    };

    /// <inheritdoc/>
    public override string ToString() => Name;
}
