using System.Globalization;
using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>Says in what two outcomes of a case differ, where they have to be equal.</summary>
internal static class CaseComparer
{
    // RF says how the flags were saved and nothing of the code.
    private const ulong ComparedFlags = ControlBits.ArithmeticFlags | ControlBits.FlagDirection | ControlBits.FlagTrap
        | ControlBits.FlagInterrupt | ControlBits.FlagIoPrivilege | ControlBits.FlagNestedTask | ControlBits.FlagAlignmentCheck
        | ControlBits.FlagIdentification;

    // Approximations have a relative error of at most 1.5 * 2^-12, so two of them differ by no more than twice that.
    private const double Approximation = 2 * 1.5 / 4096;

    /// <summary>The differences, one a line; empty where there is none.</summary>
    public static List<string> Differences(SiliconCase item, CaseOutcome expected, CaseOutcome actual)
    {
        var differences = new List<string>();
        FaultComparer.Compare(item, expected, actual, differences);
        if (differences.Count > 0)
            return differences;

        byte cl = (byte)item.Start[Register.RCX];
        bool single = item.Instructions.Count == 1;
        ulong[] undefined = FlagDefinitions.Follow(item.Instructions, single ? cl : null)
            ?? throw new InvalidOperationException("The case depends on undefined flags.");
        int executed = item.IndexOf(expected.End.Rip);
        bool isOver = executed == item.Instructions.Count;
        if (single && isOver && UndefinedFlags.IsShiftTooLong(item.Instructions[0], cl))
            return differences;

        CompareGeneral(item, expected, actual, isOver, differences);
        ulong flags = ComparedFlags & ~undefined[executed];
        Add(differences, "RFLAGS", expected.End.Rflags & flags, actual.End.Rflags & flags);
        CompareFpu(item, expected, actual, differences);
        CompareMemory(item, expected, actual, differences);
        return differences;
    }

    private static void CompareGeneral(
        SiliconCase item, CaseOutcome expected, CaseOutcome actual, bool isOver, List<string> differences)
    {
        for (int i = 0; i < 16; i++)
        {
            var register = Register.RAX + i;
            ulong mask = isOver ? DefinedBits(item, register) : ulong.MaxValue;
            if (((expected.End.General[i] ^ actual.End.General[i]) & mask) != 0)
                Add(differences, register.ToString(), expected.End.General[i], actual.End.General[i]);
        }
    }

    // Where nothing is found, the destination stays, but processors disagree on its upper half.
    private static ulong DefinedBits(SiliconCase item, Register register)
    {
        if (item.Instructions.Count != 1)
            return ulong.MaxValue;

        Instruction instruction = item.Instructions[0];
        return instruction.Code is Code.Bsf_r32_rm32 or Code.Bsr_r32_rm32 && instruction.Op0Register.GetFullRegister() == register
            ? uint.MaxValue
            : ulong.MaxValue;
    }

    private static void CompareFpu(SiliconCase item, CaseOutcome expected, CaseOutcome actual, List<string> differences)
    {
        FpuRegisters left = expected.End.Fpu;
        FpuRegisters right = actual.End.Fpu;
        Add(differences, "MXCSR", left.Mxcsr, right.Mxcsr);
        Add(differences, "x87 control word", left.ControlWord, right.ControlWord);
        Add(differences, "x87 status word", left.StatusWord, right.StatusWord);
        Add(differences, "x87 tags", left.Tags, right.Tags);
        for (int i = 0; i < 8; i++)
        {
            if (left.St[i] != right.St[i])
                Add(differences, $"ST{i}", left.St[i], right.St[i]);
        }

        Mnemonic mnemonic = item.Instructions[0].Mnemonic;
        bool approximate = item.Instructions.Count == 1
            && mnemonic is Mnemonic.Rcpps or Mnemonic.Rcpss or Mnemonic.Rsqrtps or Mnemonic.Rsqrtss;
        for (int i = 0; i < 16; i++)
        {
            if (left.Xmm[i] != right.Xmm[i] && !(approximate && IsNear(left.Xmm[i], right.Xmm[i])))
                Add(differences, $"XMM{i}", left.Xmm[i], right.Xmm[i]);
        }
    }

    private static bool IsNear(UInt128 left, UInt128 right)
    {
        for (int lane = 0; lane < 4; lane++)
        {
            var a = (uint)(left >> (32 * lane));
            var b = (uint)(right >> (32 * lane));
            float expected = BitConverter.UInt32BitsToSingle(a);
            float actual = BitConverter.UInt32BitsToSingle(b);
            if (a != b && !(Math.Abs((double)expected - actual) <= Math.Abs(expected) * Approximation))
                return false;
        }

        return true;
    }

    private static void CompareMemory(SiliconCase item, CaseOutcome expected, CaseOutcome actual, List<string> differences)
    {
        bool isFxsave = item.Instructions.Count == 1 && item.Instructions[0].Mnemonic is Mnemonic.Fxsave or Mnemonic.Fxsave64;
        bool isEnter = item.Instructions.Count == 1 && item.Instructions[0].Mnemonic is Mnemonic.Enter;
        // How much of a long area is written before its fault is the processor's affair.
        if (((isFxsave || isEnter) && expected.Faulted) || expected.ChangedWords.SequenceEqual(actual.ChangedWords))
            return;

        byte[] left = Apply(item, expected);
        byte[] right = Apply(item, actual);
        if (isFxsave)
        {
            Forget(item, left);
            Forget(item, right);
        }

        int length = left.AsSpan().CommonPrefixLength(right);
        if (length == left.Length)
            return;

        int start = length & ~15;
        int lines = 0;
        for (int offset = start; offset < left.Length && lines < 8; offset += 16)
        {
            if (left.AsSpan(offset, 16).SequenceEqual(right.AsSpan(offset, 16)))
                continue;

            lines++;
            differences.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"memory at 0x{SiliconLayout.DataStart + (ulong)offset:x}: expected {Convert.ToHexString(left, offset, 16)}, "
                    + $"got {Convert.ToHexString(right, offset, 16)}"));
        }
    }

    // What fxsave stores of the last x87 instruction and which bits MXCSR has differ between processors.
    private static void Forget(SiliconCase item, byte[] data)
    {
        ulong address = OperandAddress.Of(item.Instructions[0], item.Start);
        long offset = (long)(address - SiliconLayout.DataStart);
        if (offset < 0 || offset + 32 > data.Length)
            return;

        data.AsSpan((int)offset + 6, 18).Clear();
        data.AsSpan((int)offset + 28, 4).Clear();
    }

    private static byte[] Apply(SiliconCase item, CaseOutcome outcome)
    {
        byte[] data = item.Data();
        foreach ((int index, ulong value) in outcome.ChangedWords)
            BitConverter.TryWriteBytes(data.AsSpan(8 * index), value);

        return data;
    }

    internal static void Add(List<string> differences, string name, UInt128 expected, UInt128 actual)
    {
        if (expected != actual)
            differences.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: expected 0x{expected:x}, got 0x{actual:x}"));
    }
}
