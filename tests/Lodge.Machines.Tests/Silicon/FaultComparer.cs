using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>Whether two outcomes ended in the same way, as far as processors of different makers agree on it.</summary>
internal static class FaultComparer
{
    private const int StackFault = 12;
    private const int GeneralProtection = 13;
    private const int PageFault = 14;
    private const ulong PresentError = 1;
    private const ulong CanonicalEnd = 0x8000_0000_0000;
    private const ulong UserEnd = CanonicalEnd - 0x1000;

    /// <summary>Compares vectors, RIP, error codes and the addresses of page faults.</summary>
    public static void Compare(SiliconCase item, CaseOutcome expected, CaseOutcome actual, List<string> differences)
    {
        CaseComparer.Add(differences, "RIP", expected.End.Rip, actual.End.Rip);
        if (IsOrderOpen(item, expected, actual))
            return;

        if (!AreTheSame(item, expected, actual))
            CaseComparer.Add(differences, "vector", (ulong)expected.Vector, (ulong)actual.Vector);
        if (differences.Count > 0)
            return;

        if (expected.Vector == actual.Vector)
            CaseComparer.Add(differences, "fault address", expected.Address, actual.Address);

        // Beyond what can be a program's, Linux tells it that all is present.
        ulong mask = expected.Vector == PageFault && expected.Address >= UserEnd ? ~PresentError : ulong.MaxValue;
        if (expected.Vector == actual.Vector)
            CaseComparer.Add(differences, "error code", expected.ErrorCode & mask, actual.ErrorCode & mask);
    }

    /// <summary>Whether processors disagree which of an instruction's accesses is the first, where several fault: the operands of
    /// cmps; the target of a call that is not canonical, and its push; the parts of the area of fxsave.</summary>
    public static bool HasOpenOrder(in Instruction instruction)
        => instruction.Code is Code.Cmpsb_m8_m8 or Code.Cmpsw_m16_m16 or Code.Cmpsd_m32_m32 or Code.Cmpsq_m64_m64
            || instruction.Mnemonic is Mnemonic.Call or Mnemonic.Fxsave or Mnemonic.Fxsave64
                or Mnemonic.Fxrstor or Mnemonic.Fxrstor64;

    private static bool IsOrderOpen(SiliconCase item, CaseOutcome expected, CaseOutcome actual)
    {
        int index = item.IndexOf(expected.End.Rip);
        return index < item.Instructions.Count
            && HasOpenOrder(item.Instructions[index])
            && IsMemoryFault(expected.Vector) && IsMemoryFault(actual.Vector)
            && (expected.Vector != actual.Vector || expected.Address != actual.Address);
    }

    private static bool AreTheSame(SiliconCase item, CaseOutcome expected, CaseOutcome actual)
    {
        if (expected.Vector == actual.Vector)
            return true;

        // An operand across the end of the lower half may be noticed at its first page, or as a whole.
        if (expected.Vector is StackFault or GeneralProtection && actual.Vector == PageFault)
            return actual.Address is >= UserEnd and < CanonicalEnd;

        // Of an address that is not canonical, it is not agreed whether a segment prefix without a meaning makes it the stack's,
        // and whether it counts more that it is misaligned.
        return expected.Vector is StackFault or GeneralProtection && actual.Vector is StackFault or GeneralProtection
            && item.Instructions.Any(instruction => instruction.SegmentPrefix is >= Register.ES and <= Register.DS
                || instruction.MemorySize.GetSize() >= 16);
    }

    private static bool IsMemoryFault(int vector) => vector is StackFault or GeneralProtection or PageFault;
}
