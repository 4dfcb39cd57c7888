namespace Lodge.Paging;

// Arm DDI 0487 (Arm Architecture Reference Manual for A-profile), chapter D8, The AArch64 Virtual Memory System Architecture.
public sealed partial class PageTableFormat
{
    // More tables side by side than these 2^4 no root has.
    private const int MostConcatenationBits = 4;

    /// <summary>AArch64 stage 1 for EL1 and EL0.</summary>
    /// <param name="options">What TCR_EL1 and MAIR_EL1 say of one half of the addresses.</param>
    /// <remarks>
    /// <para>Arm DDI 0487, "VMSAv8-64 translation table format descriptors" (D8.3), "Memory access control" (D8.4), "Memory
    /// region attributes" (D8.5), "Hardware management of the Access flag and dirty state" (D8.4.6). Bits of an entry:</para>
    /// <list type="table">
    /// <item><term>1:0</term><description>11 a table or, on level 1, a page; 01 a block, where the level has blocks; else not
    /// present</description></item>
    /// <item><term>4:2</term><description>index into MAIR</description></item>
    /// <item><term>7:6</term><description>AP[2:1]: read-only; EL0 too</description></item>
    /// <item><term>9:8</term><description>SH, or with 52-bit addresses of 4 KiB and 16 KiB granules the address's bits
    /// 51:50</description></item>
    /// <item><term>10</term><description>AF, accessed</description></item>
    /// <item><term>11</term><description>nG, not global</description></item>
    /// <item><term>15:12</term><description>with 52-bit addresses of the 64 KiB granule the address's bits
    /// 51:48</description></item>
    /// <item><term>47:12</term><description>the address (49:12 with 52-bit addresses of small granules); bits below the size of a
    /// block are not looked at</description></item>
    /// <item><term>51</term><description>DBM: writable, and dirty once AP[2] is clear</description></item>
    /// <item><term>53, 54</term><description>PXN, UXN: no execution by EL1, by EL0</description></item>
    /// <item><term>62:59</term><description>in entries of tables: APTable, UXNTable, PXNTable</description></item>
    /// </list>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The architecture has no such combination.</exception>
    public static PageTableFormat AArch64Stage1(AArch64Stage1Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var shape = new AArch64Shape(options.Granule, options.OutputBits, options.WideAddresses);
        RequireBits(options.InputBits, 16, shape.MostInputBits, nameof(AArch64Stage1Options.InputBits));

        // HD counts only where HA is set too.
        bool modifies = options.HardwareDirty && options.HardwareAccessFlag;
        return new PageTableFormat(AArch64Levels(
            shape, options.InputBits, levels: 0, mostRootBits: shape.IndexBits, new EntryField(2, 7)))
        {
            Name = $"AArch64 stage 1, {shape.GranuleKiB} KiB, {options.InputBits} bits{(options.IsUpper ? ", upper" : "")}",
            InputBits = options.InputBits,
            OutputBits = options.OutputBits,
            AddressForm = options.IsUpper ? AddressForm.AllOnes : AddressForm.AllZeros,
            IgnoredTopBits = options.TopByteIgnored ? 8 : 0,
            HasHardwareAccessed = options.HardwareAccessFlag,
            LeafRightsField = new EntryField(6, 3, 51, 12),
            LeafRights = Stage1Rights(),
            TableRightsField = new EntryField(59, options.HierarchicalRightsDisabled ? 0u : 15),
            TableRights = Stage1TableRights(),
            TableRightsTaking = 15UL << 59,
            TypeTable = [.. Enumerable.Range(0, 8).Select(index => MairType((byte)(options.Mair >> (8 * index))))],
            NeedsBreakBeforeMake = true,
            LooksAtAccessedFirst = true,
            LeafAccessed = AArch64AccessFlag,
            CleanMask = modifies ? AArch64Modifier | AArch64Ap2 : 0,
            CleanValue = modifies ? AArch64Modifier | AArch64Ap2 : 1,
            DirtyFlip = modifies ? AArch64Ap2 : 0,
            ModifierMask = modifies ? AArch64Modifier : 0,
            ModifierClears = AArch64Ap2,
            SoftwareField = new EntryField(55, 15),
            GlobalMask = 1 << 11,
            GlobalFlip = 1 << 11,
            ShareabilityMask = shape.HasShareabilityInEntry ? 3UL << ShareabilityShift : 0,
            FixedShareability = options.Shareability,
        };
    }

    /// <summary>AArch64 stage 2: from intermediate-physical to physical addresses.</summary>
    /// <param name="options">What VTCR_EL2 says.</param>
    /// <remarks>
    /// <para>Arm DDI 0487, the sections named at <see cref="AArch64Stage1"/>. Bits of an entry, where they differ from stage
    /// 1:</para>
    /// <list type="table">
    /// <item><term>5:2</term><description>MemAttr (without FEAT_S2FWB): outer and inner caching, or which
    /// device</description></item>
    /// <item><term>6, 7</term><description>S2AP: read, write</description></item>
    /// <item><term>54:53</term><description>XN: 00 executable, 10 not; with FEAT_XNX 01 by EL0 only, 11 by EL1
    /// only</description></item>
    /// </list>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The architecture has no such combination.</exception>
    public static PageTableFormat AArch64Stage2(AArch64Stage2Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var shape = new AArch64Shape(options.Granule, options.OutputBits, options.WideAddresses);
        RequireBits(options.InputBits, 16, shape.MostInputBits, nameof(AArch64Stage2Options.InputBits));

        // HD counts only where HA is set too.
        bool modifies = options.HardwareDirty && options.HardwareAccessFlag;
        return new PageTableFormat(AArch64Levels(
            shape, options.InputBits, options.Levels, shape.IndexBits + MostConcatenationBits, new EntryField(2, 15)))
        {
            Name = $"AArch64 stage 2, {shape.GranuleKiB} KiB, {options.InputBits} bits",
            InputBits = options.InputBits,
            OutputBits = options.OutputBits,
            AddressForm = AddressForm.AllZeros,
            IsSecondStage = true,
            HasHardwareAccessed = options.HardwareAccessFlag,
            LeafRightsField = new EntryField(6, 3, 51, options.ExecuteNeverExtension ? 12u : 8),
            LeafRights = Stage2Rights(),
            TableRightsField = default,
            TableRights = NoTableRights(),
            TypeTable = [.. Enumerable.Range(0, 16).Select(Stage2Type)],
            NeedsBreakBeforeMake = true,
            LooksAtAccessedFirst = true,
            LeafAccessed = AArch64AccessFlag,
            CleanMask = modifies ? AArch64Modifier | AArch64Ap2 : 0,
            CleanValue = modifies ? AArch64Modifier : 1,
            SoftwareField = new EntryField(55, 15),
            DirtyFlip = modifies ? AArch64Ap2 : 0,
            ModifierMask = modifies ? AArch64Modifier : 0,
            ModifierSets = AArch64Ap2,
            ShareabilityMask = shape.HasShareabilityInEntry ? 3UL << ShareabilityShift : 0,
            FixedShareability = options.Shareability,
        };
    }

    private const ulong AArch64Ap2 = 1 << 7;
    private const ulong AArch64AccessFlag = 1 << 10;
    private const ulong AArch64Modifier = 1UL << 51;

    private static PageTableLevel[] AArch64Levels(
        AArch64Shape shape, int inputBits, int levels, int mostRootBits, EntryField typeField)
    {
        int count = levels != 0 ? levels : LevelsFor(shape, inputBits, mostRootBits);
        int rootBits = inputBits - shape.ShiftOf(count);
        bool isStage2 = mostRootBits > shape.IndexBits;
        if (count < 1 || count > (isStage2 ? shape.MostLevelsOfStage2 : shape.MostLevels)
            || rootBits < 1 || rootBits > mostRootBits)
        {
            throw new ArgumentOutOfRangeException(
                nameof(levels), levels, $"{inputBits} bits with a granule of {shape.GranuleKiB} KiB cannot have {count} levels.");
        }

        var all = new PageTableLevel[count];
        for (int number = 1; number <= count; number++)
        {
            bool isSmallest = number == 1;
            bool canMap = shape.CanMapPages(number);
            all[^number] = new PageTableLevel(number, shape.ShiftOf(number), number == count ? rootBits : shape.IndexBits)
            {
                CanMapPages = canMap,

                // Bits 1:0: 11 is a table, or on level 1 a page; 01 is a block.
                AbsentPatterns = isSmallest || !canMap ? ~Patterns(3, 3) : EvenPatterns,
                LeafMask = isSmallest ? 1UL : canMap ? 2UL : 0,
                LeafFlip = isSmallest || !canMap ? 0UL : 2,
                LeafReserved = shape.ReservedAddressBits,
                TableReserved = shape.ReservedAddressBits,
                LeafConstant = isSmallest ? 3UL : 1,
                TableConstant = 3,
                LeafAddress = shape.Address.AlignedTo(shape.ShiftOf(number)),
                TableAddress = shape.Address,
                UsualLeafMask = 3 | shape.ReservedAddressBits,
                UsualLeafValue = isSmallest ? 3UL : 1,
                UsualTableMask = 3 | shape.ReservedAddressBits,
                UsualTableValue = 3,
                TypeField = typeField,
            };
        }

        return all;
    }

    private static int LevelsFor(AArch64Shape shape, int inputBits, int mostRootBits)
    {
        int count = 1;
        while (inputBits - shape.ShiftOf(count) > mostRootBits)
            count++;

        return count;
    }

    // By AP[1] EL0 too (1), AP[2] read-only (2), PXN (4), UXN (8). A page that EL0 cannot read it may still execute.
    private static byte[] Stage1Rights()
        => RightsTable(static bits =>
        {
            MemoryAccess data = MemoryAccess.Read | Unless(bits, 2, MemoryAccess.Write);
            return new PageRights(
                data | Unless(bits, 4, MemoryAccess.Execute),
                ((bits & 1) != 0 ? data : MemoryAccess.None) | Unless(bits, 8, MemoryAccess.Execute));
        });

    // By PXNTable (1), UXNTable (2), APTable[0] not for EL0 (4), APTable[1] read-only (8).
    private static byte[] Stage1TableRights()
        => RightsTable(static bits =>
        {
            MemoryAccess supervisor = MemoryAccess.Read | Unless(bits, 8, MemoryAccess.Write)
                | Unless(bits, 1, MemoryAccess.Execute);
            MemoryAccess user = Unless(bits, 4, MemoryAccess.Read) | Unless(bits, 4 | 8, MemoryAccess.Write)
                | Unless(bits, 2, MemoryAccess.Execute);
            return new PageRights(supervisor, user);
        });

    // By S2AP[0] read (1), S2AP[1] write (2), XN[0] (4), XN[1] (8).
    private static byte[] Stage2Rights()
        => RightsTable(static bits =>
        {
            MemoryAccess data = When(bits, 1, MemoryAccess.Read) | When(bits, 2, MemoryAccess.Write);
            int never = bits >> 2;
            return new PageRights(
                data | (never is 0 or 3 ? MemoryAccess.Execute : MemoryAccess.None),
                data | (never is 0 or 1 ? MemoryAccess.Execute : MemoryAccess.None));
        });

    // "Memory region attributes": the upper half of the byte is outer, the lower inner; an upper half of 0 is a device.
    private static MemoryType MairType(byte attribute)
    {
        if (attribute >> 4 == 0)
        {
            return attribute switch
            {
                0x00 => MemoryType.DeviceNGnRnE,
                0x04 => MemoryType.DeviceNGnRe,
                0x08 => MemoryType.DeviceNGre,
                0x0c => MemoryType.DeviceGre,
                _ => MemoryType.Unknown,
            };
        }

        MemoryType outer = MairCaching(attribute >> 4);
        MemoryType inner = MairCaching(attribute & 15);
        return outer == MemoryType.Unknown || inner == MemoryType.Unknown ? MemoryType.Unknown
            : outer == inner ? outer : MemoryType.MixedCaching;
    }

    private static MemoryType MairCaching(int half) => half switch
    {
        0 => MemoryType.Unknown,
        4 => MemoryType.NonCacheable,
        < 4 or (>= 8 and < 12) => MemoryType.WriteThrough,
        _ => MemoryType.WriteBack,
    };

    private static MemoryType Stage2Type(int attribute) => attribute switch
    {
        0 => MemoryType.DeviceNGnRnE,
        1 => MemoryType.DeviceNGnRe,
        2 => MemoryType.DeviceNGre,
        3 => MemoryType.DeviceGre,
        5 => MemoryType.NonCacheable,
        10 => MemoryType.WriteThrough,
        15 => MemoryType.WriteBack,
        _ when (attribute & 3) == 0 => MemoryType.Unknown,
        _ => MemoryType.MixedCaching,
    };
}
