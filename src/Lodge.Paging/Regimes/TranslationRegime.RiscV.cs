using System.Diagnostics.CodeAnalysis;

namespace Lodge.Paging;

// The RISC-V Instruction Set Manual, volume II: "Supervisor Address Translation and Protection (satp) Register" (§4.1.11 in
// version 1.12), "Hypervisor Guest Address Translation and Protection Register (hgatp)" (§8.2.10).
public sealed partial class TranslationRegime
{
    /// <summary>How a 64-bit RISC-V processor with these registers translates addresses in S- and U-mode.</summary>
    /// <param name="registers">The registers.</param>
    /// <param name="regime">The regime; no translation where the mode is Bare.</param>
    /// <param name="problem">Why there is none: a mode that does not exist.</param>
    public static bool TryFromRiscV(
        in RiscVRegisters registers, [NotNullWhen(true)] out TranslationRegime? regime, [NotNullWhen(false)] out string? problem)
    {
        const ulong SupervisorUserMemory = 1 << 18, MakeExecutableReadable = 1 << 19;

        RegimeRules rules = ((registers.Sstatus & SupervisorUserMemory) == 0 ? RegimeRules.SupervisorDoesNotAccessUserPages : 0)
            | ((registers.Sstatus & MakeExecutableReadable) != 0 ? RegimeRules.ExecutableIsReadable : 0);
        return TryFromRiscV(registers.Satp, registers.Menvcfg, guestStage: false, rules, out regime, out problem);
    }

    /// <summary>As <see cref="TryFromRiscV(in RiscVRegisters, out TranslationRegime?, out string?)"/>.</summary>
    /// <exception cref="NotSupportedException">There is no such mode.</exception>
    public static TranslationRegime FromRiscV(in RiscVRegisters registers)
        => TryFromRiscV(registers, out TranslationRegime? regime, out string? problem)
            ? regime : throw new NotSupportedException(problem);

    /// <summary>The guest stage that hgatp describes.</summary>
    /// <param name="hgatp">hgatp: MODE (63:60), VMID (57:44), the root's page number (43:0), whose two lowest bits are 0.</param>
    /// <param name="menvcfg">menvcfg: ADUE (bit 61), PBMTE (62).</param>
    /// <param name="regime">The regime; no translation where the mode is Bare.</param>
    /// <param name="problem">Why there is none: a mode that does not exist.</param>
    public static bool TryFromHgatp(
        ulong hgatp, ulong menvcfg, [NotNullWhen(true)] out TranslationRegime? regime, [NotNullWhen(false)] out string? problem)
        => TryFromRiscV(hgatp, menvcfg, guestStage: true, RegimeRules.None, out regime, out problem);

    /// <summary>As <see cref="TryFromHgatp"/>.</summary>
    /// <exception cref="NotSupportedException">There is no such mode.</exception>
    public static TranslationRegime FromHgatp(ulong hgatp, ulong menvcfg = 0)
        => TryFromHgatp(hgatp, menvcfg, out TranslationRegime? regime, out string? problem)
            ? regime : throw new NotSupportedException(problem);

    private static bool TryFromRiscV(
        ulong register,
        ulong menvcfg,
        bool guestStage,
        RegimeRules rules,
        [NotNullWhen(true)] out TranslationRegime? regime,
        [NotNullWhen(false)] out string? problem)
    {
        const ulong AccessedDirtyUpdates = 1UL << 61, MemoryTypes = 1UL << 62;

        problem = null;
        regime = Identity;
        var mode = (RiscVMode)(register >> 60);
        if (mode == 0)
            return true;

        regime = null;
        if (!Enum.IsDefined(mode))
        {
            problem = $"{(guestStage ? "hgatp" : "satp")} is 0x{register:x}: there is no mode {(int)mode}.";
            return false;
        }

        PageTableFormat format = PageTableFormat.RiscV(new RiscVOptions
        {
            Mode = mode,
            GuestStage = guestStage,
            MemoryTypes = (menvcfg & MemoryTypes) != 0,
            HardwareAccessedDirty = (menvcfg & AccessedDirtyUpdates) != 0,
        });
        regime = Of(new PageTable(format, (register & ((1UL << 44) - 1)) << 12), rules);
        return true;
    }
}
