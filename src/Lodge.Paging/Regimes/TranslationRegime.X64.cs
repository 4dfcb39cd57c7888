using System.Diagnostics.CodeAnalysis;

namespace Lodge.Paging;

// Intel SDM volume 3A, "Control Registers" (§2.5) and "Paging Modes and Control Bits" (§4.1); volume 3C, "Extended-Page-Table
// Pointer (EPTP)" (§24.6.11).
public sealed partial class TranslationRegime
{
    /// <summary>How an x86-64 processor with these registers translates addresses.</summary>
    /// <param name="registers">The registers.</param>
    /// <param name="regime">Translation with 4 or 5 levels, or none where CR0.PG is clear.</param>
    /// <param name="problem">Why there is none: 32-bit and PAE paging are not supported.</param>
    public static bool TryFromX64(
        in X64Registers registers, [NotNullWhen(true)] out TranslationRegime? regime, [NotNullWhen(false)] out string? problem)
    {
        const ulong Paging = 1UL << 31, WriteProtect = 1 << 16;
        const ulong AddressExtension = 1 << 5, FiveLevels = 1 << 12, Smep = 1 << 20, Smap = 1 << 21;
        const ulong LongMode = (1 << 8) | (1 << 10), NoExecute = 1 << 11, AlignmentCheck = 1 << 18;

        problem = null;
        if ((registers.Cr0 & Paging) == 0)
        {
            regime = Identity;
            return true;
        }

        regime = null;
        if ((registers.Cr4 & AddressExtension) == 0)
            problem = $"CR4 is 0x{registers.Cr4:x}: with PAE clear, paging is that of 32 bits, which is not supported.";
        else if ((registers.Efer & LongMode) == 0)
            problem = $"EFER is 0x{registers.Efer:x}: outside of long mode, paging is PAE paging, which is not supported.";

        if (problem is not null)
            return false;

        bool isSmapOn = (registers.Cr4 & Smap) != 0 && (registers.Rflags & AlignmentCheck) == 0;
        PageTableFormat format = X64Format(
            (registers.Cr4 & FiveLevels) != 0, (registers.Efer & NoExecute) != 0, registers.PhysicalAddressBits, registers.Pat);
        regime = Of(
            new PageTable(format, registers.Cr3 & (((1UL << 52) - 1) & ~0xfffUL)),
            ((registers.Cr0 & WriteProtect) == 0 ? RegimeRules.SupervisorIgnoresWriteProtection : 0)
                | ((registers.Cr4 & Smep) != 0 ? RegimeRules.SupervisorDoesNotExecuteUserPages : 0)
                | (isSmapOn ? RegimeRules.SupervisorDoesNotAccessUserPages : 0));
        return true;
    }

    /// <summary>As <see cref="TryFromX64"/>.</summary>
    /// <exception cref="NotSupportedException">The registers say 32-bit or PAE paging.</exception>
    public static TranslationRegime FromX64(in X64Registers registers)
        => TryFromX64(registers, out TranslationRegime? regime, out string? problem)
            ? regime : throw new NotSupportedException(problem);

    /// <summary>The second stage that an extended-page-table pointer names.</summary>
    /// <param name="eptp">The pointer: bits 5:3 are the number of levels less one, bit 6 turns accessed and dirty bits on, bits
    /// 51:12 are the root's address.</param>
    /// <param name="options">What the processor has; levels, accessed and dirty bits are taken from the pointer.</param>
    /// <param name="regime">The regime.</param>
    /// <param name="problem">Why there is none: a number of levels that does not exist.</param>
    public static bool TryFromEptp(
        ulong eptp,
        EptOptions? options,
        [NotNullWhen(true)] out TranslationRegime? regime,
        [NotNullWhen(false)] out string? problem)
    {
        ulong levels = ((eptp >> 3) & 7) + 1;
        if (levels is not 4 and not 5)
        {
            regime = null;
            problem = $"EPTP is 0x{eptp:x}: there are no extended page tables with {levels} levels.";
            return false;
        }

        EptOptions complete = (options ?? EptOptions.Default) with
        {
            FiveLevels = levels == 5,
            AccessedDirty = (eptp & (1 << 6)) != 0,
        };
        regime = Of(new PageTable(PageTableFormat.Ept(complete), eptp & (((1UL << 52) - 1) & ~0xfffUL)));
        problem = null;
        return true;
    }

    /// <summary>As <see cref="TryFromEptp"/>.</summary>
    /// <exception cref="NotSupportedException">There is no such number of levels.</exception>
    public static TranslationRegime FromEptp(ulong eptp, EptOptions? options = null)
        => TryFromEptp(eptp, options, out TranslationRegime? regime, out string? problem)
            ? regime : throw new NotSupportedException(problem);

    // What nearly every processor has is there already.
    private static PageTableFormat X64Format(bool fiveLevels, bool noExecute, int physicalBits, ulong pat)
        => noExecute && physicalBits == X64Options.Default.PhysicalAddressBits && pat == X64Options.DefaultPat
            ? fiveLevels ? PageTableFormat.X64FiveLevels : PageTableFormat.X64FourLevels
            : PageTableFormat.X64(new X64Options
            {
                FiveLevels = fiveLevels,
                NoExecute = noExecute,
                PhysicalAddressBits = physicalBits,
                Pat = pat,
            });
}
