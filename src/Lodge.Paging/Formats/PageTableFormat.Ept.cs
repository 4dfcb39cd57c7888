namespace Lodge.Paging;

public sealed partial class PageTableFormat
{
    /// <summary>EPT with 4 levels, as <see cref="EptOptions.Default"/> has it.</summary>
    public static PageTableFormat EptFourLevels { get; } = Ept(EptOptions.Default);

    /// <summary>EPT with 5 levels.</summary>
    public static PageTableFormat EptFiveLevels { get; } = Ept(new EptOptions { FiveLevels = true });

    /// <summary>Intel's extended page tables: from guest-physical to physical addresses.</summary>
    /// <param name="options">What differs between processors and set-ups.</param>
    /// <remarks>
    /// <para>Intel SDM volume 3C, "The Extended Page Table Mechanism (EPT)": "EPT Translation Mechanism" and "EPT Memory Type"
    /// (§28.3.2 and §28.3.7 in the editions of 2020 to 2022). Bits of an entry:</para>
    /// <list type="table">
    /// <item><term>0, 1, 2</term><description>read, write, execute, combined with those of the levels above by "and"; all three
    /// 0: not present. Write without read is a misconfiguration</description></item>
    /// <item><term>5:3</term><description>in leaves the memory type: 0 UC, 1 WC, 4 WT, 5 WP, 6 WB; others are misconfigurations;
    /// reserved in entries of tables</description></item>
    /// <item><term>6</term><description>in leaves: the guest's PAT does not count</description></item>
    /// <item><term>7</term><description>a page of 2 MiB (level 2) or 1 GiB (level 3); reserved on levels 4 and
    /// 5</description></item>
    /// <item><term>8, 9</term><description>accessed on every level, dirty in leaves, where EPTP bit 6 is set</description></item>
    /// <item><term>10</term><description>execution by the user, with mode-based execute control</description></item>
    /// <item><term>M−1:12</term><description>the address; bits of large pages below their size are reserved, as are
    /// 51:M</description></item>
    /// <item><term>63:52</term><description>ignored here</description></item>
    /// </list>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The physical addresses have too few or too many bits.</exception>
    public static PageTableFormat Ept(EptOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        RequireBits(options.PhysicalAddressBits, 32, 52, nameof(EptOptions.PhysicalAddressBits));

        const ulong ReadWriteExecute = 7, Large = 1 << 7, Accessed = 1 << 8, Dirty = 1 << 9, UserExecute = 1 << 10;
        ulong userExecute = options.ModeBasedExecute ? UserExecute : 0;
        ulong address = BitsFrom(12, options.PhysicalAddressBits);
        ulong reserved = BitsFrom(options.PhysicalAddressBits, 52);
        ulong malformed = Patterns(mask: 3, value: 2)
            | (options.ExecuteOnly ? 0 : Patterns(mask: 1, value: 0));
        ulong badTypes = Patterns(0x38, 2 << 3) | Patterns(0x38, 3 << 3) | Patterns(0x38, 7 << 3);
        var levels = new PageTableLevel[options.FiveLevels ? 5 : 4];
        for (int number = 1; number <= levels.Length; number++)
        {
            int shift = 12 + (9 * (number - 1));
            bool isSmallest = number == 1;
            bool canMap = isSmallest || number == 2 || (number == 3 && options.GigabytePages);
            levels[^number] = new PageTableLevel(number, shift, 9)
            {
                CanMapPages = canMap,
                AbsentPatterns = Patterns(mask: 7, value: 0),
                PresentBits = userExecute,
                LeafMask = isSmallest ? ReadWriteExecute | userExecute : canMap ? Large : 0,
                LeafReserved = reserved | (isSmallest ? 0 : BitsFrom(12, shift)),
                LeafMalformedPatterns = malformed | badTypes,
                TableReserved = reserved | BitsFrom(3, canMap ? 7 : 8),
                TableMalformedPatterns = malformed,
                LeafConstant = isSmallest ? 0 : Large,
                TableConstant = ReadWriteExecute | userExecute,
                LeafAddress = new AddressField(address).AlignedTo(shift),
                TableAddress = new AddressField(address),

                // Readable, and for leaves write-back.
                UsualLeafMask = 1 | (7 << 3) | reserved | (isSmallest ? 0 : Large | BitsFrom(12, shift)),
                UsualLeafValue = 1 | (6 << 3) | (isSmallest ? 0 : Large),
                UsualTableMask = 1 | reserved | BitsFrom(3, 8),
                UsualTableValue = 1,
                TypeField = new EntryField(3, 7),
            };
        }

        var rights = new EntryField(0, 7, 7, options.ModeBasedExecute ? 8u : 0);
        return new PageTableFormat(levels)
        {
            Name = options.FiveLevels ? "EPT, 5 levels" : "EPT, 4 levels",
            InputBits = options.FiveLevels ? 57 : 48,
            OutputBits = options.PhysicalAddressBits,
            AddressForm = AddressForm.AllZeros,
            IsSecondStage = true,
            HasHardwareAccessed = options.AccessedDirty,
            LeafRightsField = rights,
            TableRightsField = rights,
            TablesSayRightsAsPages = true,
            LeafRights = EptRights(options.ModeBasedExecute),
            TableRights = EptRights(options.ModeBasedExecute),
            TypeTable = [.. Enumerable.Range(0, 8).Select(static type => type == 7 ? MemoryType.Unknown : X64Type((ulong)type))],
            LeafAccessed = options.AccessedDirty ? Accessed : 0,
            TableAccessed = options.AccessedDirty ? Accessed : 0,
            CleanMask = options.AccessedDirty ? Dirty : 0,
            CleanValue = options.AccessedDirty ? 0 : 1UL,
            DirtyFlip = options.AccessedDirty ? Dirty : 0,
            IgnoreGuestTypeMask = 1 << 6,
            SoftwareField = new EntryField(52, 31),
        };
    }

    // By read (1), write (2), execute (4), user execute (8).
    private static byte[] EptRights(bool modeBased)
        => RightsTable(bits =>
        {
            MemoryAccess data = When(bits, 1, MemoryAccess.Read) | When(bits, 2, MemoryAccess.Write);
            return new PageRights(
                data | When(bits, 4, MemoryAccess.Execute),
                data | When(bits, modeBased ? 8 : 4, MemoryAccess.Execute));
        });
}
