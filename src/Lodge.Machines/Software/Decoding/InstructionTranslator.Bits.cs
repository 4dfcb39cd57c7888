using Iced.Intel;

namespace Lodge.Machines;

/// <content>Shifts and single bits.</content>
internal static unsafe partial class InstructionTranslator
{
    private static bool TryTranslateShift(in Instruction instruction, ref MicroOp op) => instruction.Mnemonic switch
    {
        Mnemonic.Shl or Mnemonic.Sal => Shift<ShiftLeft>(instruction, ref op),
        Mnemonic.Shr => Shift<ShiftRight>(instruction, ref op),
        Mnemonic.Sar => Shift<ShiftArithmeticRight>(instruction, ref op),
        Mnemonic.Rol => Shift<RotateLeft>(instruction, ref op),
        Mnemonic.Ror => Shift<RotateRight>(instruction, ref op),
        Mnemonic.Rcl => Shift<RotateLeftThroughCarry>(instruction, ref op),
        Mnemonic.Rcr => Shift<RotateRightThroughCarry>(instruction, ref op),
        Mnemonic.Shld or Mnemonic.Shrd => ShiftDouble(instruction, ref op),
        _ => false,
    };

    private static bool Shift<TOperation>(in Instruction instruction, ref MicroOp op) where TOperation : struct, IShiftOperation
        => IsByCl(1, instruction, ref op)
            ? To<ShiftRegister<TOperation, ClCount>, ShiftMemory<TOperation, ClCount>>(instruction, ref op)
            : To<ShiftRegister<TOperation, ImmediateCount>, ShiftMemory<TOperation, ImmediateCount>>(instruction, ref op);

    private static bool ShiftDouble(in Instruction instruction, ref MicroOp op)
    {
        op.Extra = instruction.Mnemonic == Mnemonic.Shld ? (byte)1 : (byte)0;
        op.Source = OffsetOf(instruction.Op1Register);
        return IsByCl(2, instruction, ref op)
            ? To<DoubleShiftRegister<ClCount>, DoubleShiftMemory<ClCount>>(instruction, ref op)
            : To<DoubleShiftRegister<ImmediateCount>, DoubleShiftMemory<ImmediateCount>>(instruction, ref op);
    }

    /// <summary>Whether a shift's count is in CL; sets the count where not.</summary>
    private static bool IsByCl(int operand, in Instruction instruction, ref MicroOp op)
    {
        if (instruction.GetOpKind(operand) == OpKind.Register)
            return true;

        op.Immediate = (int)instruction.GetImmediate(operand);
        return false;
    }

    private static bool TryTranslateBits(in Instruction instruction, ref MicroOp op) => instruction.Mnemonic switch
    {
        Mnemonic.Bt => Bit<BitTest>(instruction, ref op),
        Mnemonic.Bts => Bit<BitTestAndSet>(instruction, ref op),
        Mnemonic.Btr => Bit<BitTestAndReset>(instruction, ref op),
        Mnemonic.Btc => Bit<BitTestAndComplement>(instruction, ref op),

        // Processors without BMI1, which CPUID does not announce, ignore the prefix that makes the one of the other.
        Mnemonic.Bsf or Mnemonic.Tzcnt => Scan<BitScanForward>(instruction, ref op),
        Mnemonic.Bsr => Scan<BitScanReverse>(instruction, ref op),
        Mnemonic.Lzcnt => Scan<LeadingZeroCount>(instruction, ref op),
        Mnemonic.Popcnt => Scan<PopulationCount>(instruction, ref op),
        _ => false,
    };

    private static bool Bit<TOperation>(in Instruction instruction, ref MicroOp op) where TOperation : struct, IBitOperation
    {
        bool isByRegister = SetSource(1, instruction, ref op);
        if (instruction.HasLockPrefix)
        {
            return isByRegister
                ? Memory<AtomicMemory<LockedBit<TOperation, RegisterSource>>>(instruction, ref op)
                : Memory<AtomicMemory<LockedBit<TOperation, ImmediateSource>>>(instruction, ref op);
        }

        return isByRegister
            ? To<BitOfRegister<TOperation, RegisterSource>, BitOfMemory<TOperation, RegisterSource>>(instruction, ref op)
            : To<BitOfRegister<TOperation, ImmediateSource>, BitOfMemory<TOperation, ImmediateSource>>(instruction, ref op);
    }

    private static bool Scan<TScan>(in Instruction instruction, ref MicroOp op) where TScan : struct, IBitScan
    {
        op.Destination = OffsetOf(instruction.Op0Register);
        return From<ScanRegister<TScan>, ScanMemory<TScan>>(1, instruction, ref op);
    }
}
