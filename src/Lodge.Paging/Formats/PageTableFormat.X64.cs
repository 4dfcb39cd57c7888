namespace Lodge.Paging;

public sealed partial class PageTableFormat
{
    /// <summary>x86-64 with 4 levels, as <see cref="X64Options.Default"/> has it.</summary>
    public static PageTableFormat X64FourLevels { get; } = X64(X64Options.Default);

    /// <summary>x86-64 with 5 levels.</summary>
    public static PageTableFormat X64FiveLevels { get; } = X64(new X64Options { FiveLevels = true });

    /// <summary>The page tables of x86-64 in long mode.</summary>
    /// <param name="options">What differs between processors and set-ups.</param>
    /// <remarks>
    /// <para>Intel SDM volume 3A, "4-Level Paging and 5-Level Paging" (§4.5.4), AMD APM volume 2 §5.3. Bits of an entry:</para>
    /// <list type="table">
    /// <item><term>0</term><description>P, present; without it the processor looks at no other bit</description></item>
    /// <item><term>1, 2</term><description>R/W, U/S: combined with those of the levels above by "and"</description></item>
    /// <item><term>3, 4, and PAT</term><description>PWT, PCD, and bit 7 (4 KiB pages) or 12 (larger ones): index into the PAT
    /// (§11.12.3)</description></item>
    /// <item><term>5, 6</term><description>A, accessed, on every level; D, dirty, in leaves (§4.8)</description></item>
    /// <item><term>7</term><description>PS, a page of 2 MiB (level 2) or 1 GiB (level 3); reserved on levels 4 and
    /// 5</description></item>
    /// <item><term>8</term><description>G, global (§4.10.2.4)</description></item>
    /// <item><term>11:9, 58:52</term><description>the system's own</description></item>
    /// <item><term>M−1:12</term><description>the address; bits of large pages below their size are reserved, as are
    /// 51:M</description></item>
    /// <item><term>62:59</term><description>the protection key, which is not checked here</description></item>
    /// <item><term>63</term><description>XD, no execution, where EFER.NXE is set; else reserved</description></item>
    /// </list>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The physical addresses have too few or too many bits.</exception>
    public static PageTableFormat X64(X64Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        RequireBits(options.PhysicalAddressBits, 32, 52, nameof(X64Options.PhysicalAddressBits));

        const ulong Present = 1, Writable = 1 << 1, User = 1 << 2;
        const ulong Accessed = 1 << 5, Dirty = 1 << 6, Large = 1 << 7, Global = 1 << 8;
        ulong address = BitsFrom(12, options.PhysicalAddressBits);
        ulong reserved = BitsFrom(options.PhysicalAddressBits, 52) | (options.NoExecute ? 0 : 1UL << 63);
        var levels = new PageTableLevel[options.FiveLevels ? 5 : 4];
        for (int number = 1; number <= levels.Length; number++)
        {
            int shift = 12 + (9 * (number - 1));
            bool isSmallest = number == 1;
            bool canMap = isSmallest || number == 2 || (number == 3 && options.GigabytePages);
            ulong misaligned = isSmallest ? 0 : BitsFrom(13, shift);
            levels[^number] = new PageTableLevel(number, shift, 9)
            {
                CanMapPages = canMap,
                AbsentPatterns = EvenPatterns,
                LeafMask = isSmallest ? Present : canMap ? Large : 0,
                LeafReserved = reserved | misaligned,
                TableReserved = reserved | (canMap ? 0 : Large),
                LeafConstant = Present | (isSmallest ? 0 : Large),
                TableConstant = Present | Writable | (options.UserTables ? User : 0) | Accessed,
                LeafAddress = new AddressField(address).AlignedTo(shift),
                TableAddress = new AddressField(address),
                UsualLeafMask = Present | reserved | misaligned | (isSmallest ? 0 : Large),
                UsualLeafValue = Present | (isSmallest ? 0 : Large),
                UsualTableMask = Present | reserved | Large,
                UsualTableValue = Present,
                TypeField = isSmallest ? new EntryField(3, 3, 5, 4) : new EntryField(3, 3, 10, 4),
            };
        }

        var rights = new EntryField(1, 3, options.NoExecute ? 61 : 0, options.NoExecute ? 4u : 0);
        return new PageTableFormat(levels)
        {
            Name = options.FiveLevels ? "x86-64, 5 levels" : "x86-64, 4 levels",
            InputBits = options.FiveLevels ? 57 : 48,
            OutputBits = options.PhysicalAddressBits,
            AddressForm = AddressForm.SignExtended,
            HasHardwareAccessed = true,
            LeafRightsField = rights,
            TableRightsField = rights,
            TablesSayRightsAsPages = true,
            TableRightsTaking = options.NoExecute ? 1UL << 63 : 0,
            LeafRights = X64Rights(),
            TableRights = X64Rights(),
            TypeTable = X64Types(options.Pat),
            LeafAccessed = Accessed,
            TableAccessed = Accessed,
            CleanMask = Dirty,
            CleanValue = 0,
            DirtyFlip = Dirty,
            GlobalMask = Global,
            SoftwareField = new EntryField(9, 7, 49, 0x3F8),
        };
    }

    // By R/W (1), U/S (2), XD (4).
    private static byte[] X64Rights()
        => RightsTable(static bits =>
        {
            MemoryAccess access = MemoryAccess.Read | When(bits, 1, MemoryAccess.Write) | Unless(bits, 4, MemoryAccess.Execute);
            return new PageRights(access, (bits & 2) != 0 ? access : MemoryAccess.None);
        });

    // Intel SDM volume 3A §11.12.2: a byte for each index.
    private static MemoryType[] X64Types(ulong pat)
    {
        var types = new MemoryType[8];
        for (int i = 0; i < types.Length; i++)
            types[i] = X64Type((pat >> (8 * i)) & 7);

        return types;
    }

    private static MemoryType X64Type(ulong encoding) => encoding switch
    {
        0 => MemoryType.Uncacheable,
        1 => MemoryType.WriteCombining,
        4 => MemoryType.WriteThrough,
        5 => MemoryType.WriteProtected,
        6 => MemoryType.WriteBack,
        7 => MemoryType.UncacheableMinus,
        _ => MemoryType.Unknown,
    };
}
