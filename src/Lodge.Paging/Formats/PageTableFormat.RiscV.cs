namespace Lodge.Paging;

public sealed partial class PageTableFormat
{
    /// <summary>Sv39: 3 levels.</summary>
    public static PageTableFormat Sv39 { get; } = RiscV(RiscVOptions.Default);

    /// <summary>Sv48: 4 levels.</summary>
    public static PageTableFormat Sv48 { get; } = RiscV(new RiscVOptions { Mode = RiscVMode.Sv48 });

    /// <summary>Sv57: 5 levels.</summary>
    public static PageTableFormat Sv57 { get; } = RiscV(new RiscVOptions { Mode = RiscVMode.Sv57 });

    /// <summary>Sv39x4: the guest stage with 3 levels.</summary>
    public static PageTableFormat Sv39x4 { get; } = RiscV(new RiscVOptions { GuestStage = true });

    /// <summary>Sv48x4: the guest stage with 4 levels.</summary>
    public static PageTableFormat Sv48x4 { get; } = RiscV(new RiscVOptions { Mode = RiscVMode.Sv48, GuestStage = true });

    /// <summary>Sv57x4: the guest stage with 5 levels.</summary>
    public static PageTableFormat Sv57x4 { get; } = RiscV(new RiscVOptions { Mode = RiscVMode.Sv57, GuestStage = true });

    /// <summary>RISC-V's page tables for 64-bit systems.</summary>
    /// <param name="options">Which scheme, and with which extensions.</param>
    /// <remarks>
    /// <para>The RISC-V Instruction Set Manual, volume II (privileged), "Sv39", "Sv48", "Sv57" (§4.4 to §4.6 in version 1.12),
    /// "Svpbmt" (chapter 7 there), and "Two-Stage Address Translation" of the hypervisor extension (§8.5). Bits of an
    /// entry:</para>
    /// <list type="table">
    /// <item><term>0</term><description>V, valid</description></item>
    /// <item><term>1, 2, 3</term><description>R, W, X: all 0 leads to a table; W without R is reserved</description></item>
    /// <item><term>4</term><description>U, the user's page; a guest-stage page without it cannot be used</description></item>
    /// <item><term>5</term><description>G, global</description></item>
    /// <item><term>6, 7</term><description>A, D: accessed and dirty, in leaves; in entries of tables they and U are
    /// reserved</description></item>
    /// <item><term>9:8</term><description>the system's own</description></item>
    /// <item><term>53:10</term><description>the page number; of large pages the bits below their size have to be
    /// 0</description></item>
    /// <item><term>60:54</term><description>reserved</description></item>
    /// <item><term>62:61</term><description>Svpbmt in leaves: 0 what the platform says, 1 NC, 2 IO, 3 reserved; without it
    /// reserved</description></item>
    /// <item><term>63</term><description>N of Svnapot, which is not decoded: reserved</description></item>
    /// </list>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">There is no such scheme, or the physical addresses have too few or too many
    /// bits.</exception>
    public static PageTableFormat RiscV(RiscVOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        RequireBits(options.PhysicalAddressBits, 34, 56, nameof(RiscVOptions.PhysicalAddressBits));
        if (!Enum.IsDefined(options.Mode))
            throw new ArgumentOutOfRangeException(nameof(options), options.Mode, "A scheme is Sv39, Sv48 or Sv57.");

        const ulong Valid = 1, ReadWriteExecute = 0xe, User = 1 << 4, Global = 1 << 5, Accessed = 1 << 6, Dirty = 1 << 7;
        const ulong TypeMask = 3UL << 61;
        var number = new AddressField(BitsFrom(10, 54), 2);
        ulong reserved = BitsFrom(54, 61) | (1UL << 63) | number.Set(BitsFrom(options.PhysicalAddressBits, 56));
        int extraBits = options.GuestStage ? 2 : 0;
        var levels = new PageTableLevel[(int)options.Mode - 5];
        for (int level = 1; level <= levels.Length; level++)
        {
            int shift = 12 + (9 * (level - 1));
            levels[^level] = new PageTableLevel(level, shift, 9 + (level == levels.Length ? extraBits : 0))
            {
                CanMapPages = true,
                AbsentPatterns = EvenPatterns,
                LeafMask = level == 1 ? Valid : ReadWriteExecute,
                LeafReserved = reserved | (options.MemoryTypes ? 0 : TypeMask) | number.Set(BitsFrom(12, shift)),

                // Write without read; and on the last level a table that leads nowhere.
                LeafMalformedPatterns = Patterns(mask: 6, value: 4) | Patterns(mask: 0xe, value: 0),
                LeafForbiddenMask = TypeMask,
                LeafForbiddenValue = TypeMask,
                TableReserved = reserved | TypeMask | User | Accessed | Dirty,
                LeafConstant = Valid,
                TableConstant = Valid,
                LeafAddress = number.AlignedTo(shift),
                TableAddress = number,

                // Readable, and of the platform's type.
                UsualLeafMask = 3 | reserved | TypeMask | number.Set(BitsFrom(12, shift)),
                UsualLeafValue = 3,
                UsualTableMask = Valid | ReadWriteExecute | reserved | TypeMask | User | Accessed | Dirty,
                UsualTableValue = Valid,
                TypeField = new EntryField(61, options.MemoryTypes ? 3u : 0),
            };
        }

        int inputBits = 12 + (9 * levels.Length) + extraBits;
        return new PageTableFormat(levels)
        {
            Name = options.GuestStage ? $"{options.Mode}x4" : options.Mode.ToString(),
            InputBits = inputBits,
            OutputBits = options.PhysicalAddressBits,
            AddressForm = options.GuestStage ? AddressForm.AllZeros : AddressForm.SignExtended,
            IsSecondStage = options.GuestStage,
            HasHardwareAccessed = options.HardwareAccessedDirty,
            LeafRightsField = new EntryField(1, 15),
            LeafRights = options.GuestStage ? GuestStageRights() : RiscVRights(),
            TableRightsField = default,
            TableRights = NoTableRights(),
            TypeTable = options.MemoryTypes
                ? [MemoryType.Platform, MemoryType.NonCacheable, MemoryType.Io, MemoryType.Unknown]
                : [MemoryType.Platform],
            LeafAccessed = Accessed,
            CleanMask = Dirty,
            CleanValue = 0,
            DirtyFlip = Dirty,

            // Of the guest stage processors ignore the bit.
            GlobalMask = options.GuestStage ? 0 : Global,
            SoftwareField = new EntryField(8, 3),
        };
    }

    // By R (1), W (2), X (4), U (8). The supervisor never executes a user's page; whether it may use one at all is the regime's
    // rule.
    private static byte[] RiscVRights()
        => RightsTable(static bits =>
        {
            var access = (MemoryAccess)(bits & 7);
            return (bits & 8) == 0
                ? new PageRights(access, MemoryAccess.None)
                : new PageRights(access & ~MemoryAccess.Execute, access);
        });

    private static byte[] GuestStageRights()
        => RightsTable(static bits => (bits & 8) == 0 ? PageRights.None : PageRights.Same((MemoryAccess)(bits & 7)));
}
