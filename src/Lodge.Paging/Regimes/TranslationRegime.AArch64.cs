using System.Diagnostics.CodeAnalysis;

namespace Lodge.Paging;

// Arm DDI 0487, the descriptions of TCR_EL1, VTCR_EL2, TTBR0_EL1 and SCTLR_EL1 (chapter D19).
public sealed partial class TranslationRegime
{
    /// <summary>How an AArch64 processor with these registers translates addresses at EL1 and EL0.</summary>
    /// <param name="registers">The registers.</param>
    /// <param name="regime">Two halves, each of which can be disabled; or no translation where SCTLR_EL1.M is clear.</param>
    /// <param name="problem">Why there is none: sizes that the architecture does not have, or big-endian tables.</param>
    public static bool TryFromAArch64(
        in AArch64Registers registers,
        [NotNullWhen(true)] out TranslationRegime? regime,
        [NotNullWhen(false)] out string? problem)
    {
        const ulong Enabled = 1, WritableExecuteNever = 1 << 19, BigEndian = 1 << 25;

        problem = null;
        regime = Identity;
        if ((registers.Sctlr & Enabled) == 0)
            return true;

        regime = null;
        if ((registers.Sctlr & BigEndian) != 0)
        {
            problem = $"SCTLR_EL1 is 0x{registers.Sctlr:x}: with EE set, tables are big-endian, which is not supported.";
            return false;
        }

        if (!TryGetHalf(registers, isUpper: false, out PageTable? lower, out problem)
            || !TryGetHalf(registers, isUpper: true, out PageTable? upper, out problem))
        {
            return false;
        }

        regime = new TranslationRegime(
            lower,
            upper,
            isDivided: true,
            RegimeRules.SupervisorDoesNotExecuteUserWritable
                | HalvesOf(registers.Tcr)
                | ((registers.Sctlr & WritableExecuteNever) != 0 ? RegimeRules.WritableIsNotExecutable : 0)
                | (registers.Pan ? RegimeRules.SupervisorDoesNotAccessUserPages : 0));
        return true;
    }

    /// <summary>As <see cref="TryFromAArch64"/>.</summary>
    /// <exception cref="NotSupportedException">The registers say something that is not supported.</exception>
    public static TranslationRegime FromAArch64(in AArch64Registers registers)
        => TryFromAArch64(registers, out TranslationRegime? regime, out string? problem)
            ? regime : throw new NotSupportedException(problem);

    /// <summary>The second stage that VTTBR_EL2 and VTCR_EL2 describe.</summary>
    /// <param name="vttbr">VTTBR_EL2: the root.</param>
    /// <param name="vtcr">VTCR_EL2: T0SZ (5:0), SL0 (7:6), TG0 (15:14), PS (18:16), HA (21), HD (22), DS (32), SL2 (33).</param>
    /// <param name="executeNeverExtension">Whether the processor has FEAT_XNX.</param>
    /// <param name="regime">The regime.</param>
    /// <param name="problem">Why there is none: sizes that the architecture does not have.</param>
    public static bool TryFromAArch64Stage2(
        ulong vttbr,
        ulong vtcr,
        bool executeNeverExtension,
        [NotNullWhen(true)] out TranslationRegime? regime,
        [NotNullWhen(false)] out string? problem)
    {
        const ulong WideAddresses = 1UL << 32, FifthLevel = 1UL << 33, HardwareAccess = 1 << 21, HardwareDirty = 1 << 22;

        regime = null;
        AArch64Granule granule = LowerGranule((vtcr >> 14) & 3);
        int outputBits = OutputBits((vtcr >> 16) & 7);
        int startLevel = (int)((vtcr >> 6) & 3);
        int levels = (granule, startLevel) switch
        {
            // SL2 with SL0 0 starts one level above SL0 2; SL0 3 starts at the last level, and with larger granules one level up.
            (AArch64Granule.Size4K, _) when (vtcr & (WideAddresses | FifthLevel)) == (WideAddresses | FifthLevel)
                => startLevel == 0 ? 5 : NoSuchLevel,
            (AArch64Granule.Size4K, 3) => 1,
            (AArch64Granule.Size4K, _) => startLevel + 2,
            _ => startLevel + 1,
        };
        bool isWide = IsWide(granule, (vtcr & WideAddresses) != 0, outputBits);
        try
        {
            PageTableFormat format = PageTableFormat.AArch64Stage2(new AArch64Stage2Options
            {
                Granule = granule,
                InputBits = 64 - (int)(vtcr & 63),
                Levels = levels,
                OutputBits = isWide ? outputBits : Math.Min(outputBits, 48),
                WideAddresses = isWide,
                ExecuteNeverExtension = executeNeverExtension,
                HardwareAccessFlag = (vtcr & HardwareAccess) != 0,
                HardwareDirty = (vtcr & HardwareDirty) != 0,
                Shareability = ShareabilityOf((vtcr >> 12) & 3),
            });
            regime = TryGetRoot(vttbr, format, out GuestAddress root) ? Of(new PageTable(format, root)) : Nothing;
            problem = null;
            return true;
        }
        catch (ArgumentOutOfRangeException exception)
        {
            problem = $"VTCR_EL2 is 0x{vtcr:x}: {exception.Message}";
            return false;
        }
    }

    /// <summary>As <see cref="TryFromAArch64Stage2"/>.</summary>
    /// <exception cref="NotSupportedException">The registers say something that the architecture does not have.</exception>
    public static TranslationRegime FromAArch64Stage2(ulong vttbr, ulong vtcr, bool executeNeverExtension = false)
        => TryFromAArch64Stage2(vttbr, vtcr, executeNeverExtension, out TranslationRegime? regime, out string? problem)
            ? regime : throw new NotSupportedException(problem);

    private static bool TryGetHalf(
        in AArch64Registers registers, bool isUpper, out PageTable? table, [NotNullWhen(false)] out string? problem)
    {
        const ulong WideAddresses = 1UL << 59;

        // The fields of TTBR1 lie 16 bits above those of TTBR0, or next to them.
        ulong tcr = registers.Tcr;
        int lowFields = isUpper ? 16 : 0;
        int highFields = isUpper ? 1 : 0;
        ulong granuleField = (tcr >> (14 + lowFields)) & 3;
        AArch64Granule granule = isUpper ? UpperGranule(granuleField) : LowerGranule(granuleField);
        int outputBits = OutputBits((tcr >> 32) & 7);
        bool isWide = IsWide(granule, (tcr & WideAddresses) != 0, outputBits);
        table = null;
        problem = null;
        if (((tcr >> (7 + lowFields)) & 1) != 0)
            return true;

        try
        {
            PageTableFormat format = PageTableFormat.AArch64Stage1(new AArch64Stage1Options
            {
                Granule = granule,
                InputBits = 64 - (int)((tcr >> lowFields) & 63),
                OutputBits = isWide ? outputBits : Math.Min(outputBits, 48),
                WideAddresses = isWide,
                IsUpper = isUpper,
                TopByteIgnored = ((tcr >> (37 + highFields)) & 1) != 0,
                HierarchicalRightsDisabled = ((tcr >> (41 + highFields)) & 1) != 0,
                HardwareAccessFlag = ((tcr >> 39) & 1) != 0,
                HardwareDirty = ((tcr >> 40) & 1) != 0,
                Mair = registers.Mair,
                Shareability = ShareabilityOf((tcr >> (12 + lowFields)) & 3),
            });
            if (TryGetRoot(isUpper ? registers.Ttbr1 : registers.Ttbr0, format, out GuestAddress root))
                table = new PageTable(format, root);

            return true;
        }
        catch (ArgumentOutOfRangeException exception)
        {
            problem = $"TCR_EL1 is 0x{tcr:x}: {exception.Message}";
            return false;
        }
    }

    // A number that no format has.
    private const int NoSuchLevel = -1;

    // E0PD0 and E0PD1, TBID0 and TBID1: what programs, and fetches, see of each half.
    private static RegimeRules HalvesOf(ulong tcr)
        => (((tcr >> 55) & 1) != 0 ? RegimeRules.UserHasNoLowerHalf : 0)
            | (((tcr >> 56) & 1) != 0 ? RegimeRules.UserHasNoUpperHalf : 0)
            | (((tcr >> 51) & 1) != 0 ? RegimeRules.FetchesHaveNoTagsInLowerHalf : 0)
            | (((tcr >> 52) & 1) != 0 ? RegimeRules.FetchesHaveNoTagsInUpperHalf : 0);

    // FEAT_LPA2 is turned on by DS. The 64 KiB granule has its wide form wherever physical addresses have 52 bits.
    private static bool IsWide(AArch64Granule granule, bool isTurnedOn, int outputBits)
        => granule == AArch64Granule.Size64K ? outputBits == 52 : isTurnedOn;

    // Bits 47:1, and with 52-bit addresses the bits 51:48 in bits 5:2. A root above the output size is an address size fault, as
    // every table above it is one: nothing is translated.
    private static bool TryGetRoot(ulong register, PageTableFormat format, out GuestAddress root)
    {
        root = format.OutputBits == 52
            ? (register & 0x0000_ffff_ffff_ffc0) | ((register & 0x3c) << 46)
            : register & 0x0000_ffff_ffff_fffe;
        return root.Value >> format.OutputBits == 0;
    }

    // TG0: 0 is 4 KiB, 1 is 64 KiB, 2 is 16 KiB. What is reserved, processors take for one of these.
    private static AArch64Granule LowerGranule(ulong field) => field switch
    {
        1 => AArch64Granule.Size64K,
        2 => AArch64Granule.Size16K,
        _ => AArch64Granule.Size4K,
    };

    // TG1: 1 is 16 KiB, 2 is 4 KiB, 3 is 64 KiB.
    private static AArch64Granule UpperGranule(ulong field) => field switch
    {
        1 => AArch64Granule.Size16K,
        3 => AArch64Granule.Size64K,
        _ => AArch64Granule.Size4K,
    };

    // PS and IPS.
    private static int OutputBits(ulong field) => field switch
    {
        0 => 32,
        1 => 36,
        2 => 40,
        3 => 42,
        4 => 44,
        5 => 48,
        _ => 52,
    };

    private static Shareability ShareabilityOf(ulong field) => field switch
    {
        3 => Shareability.Inner,
        2 => Shareability.Outer,
        _ => Shareability.None,
    };
}
