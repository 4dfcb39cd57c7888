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

    private static bool Shift<TOperation>(in Instruction instruction, ref MicroOp op)
        where TOperation : struct, IShiftOperation
    {
        bool isByRegister = instruction.Op1Kind == OpKind.Register;
        if (!isByRegister)
            op.Immediate = (int)instruction.GetImmediate(1);

        if (instruction.Op0Kind == OpKind.Memory)
        {
            int bytes = instruction.MemorySize.GetSize();
            op.Handler = isByRegister
                ? Handlers.ForMemory<ShiftMemory<TOperation, ClCount>>(bytes, FormOf(ref op))
                : Handlers.ForMemory<ShiftMemory<TOperation, ImmediateCount>>(bytes, FormOf(ref op));
            return true;
        }

        int size = instruction.Op0Register.GetSize();
        op.Destination = OffsetOf(instruction.Op0Register);
        op.Handler = isByRegister
            ? Handlers.ForSize<ShiftRegister<TOperation, ClCount>>(size)
            : Handlers.ForSize<ShiftRegister<TOperation, ImmediateCount>>(size);
        return true;
    }

    private static bool ShiftDouble(in Instruction instruction, ref MicroOp op)
    {
        bool isByRegister = instruction.Op2Kind == OpKind.Register;
        if (!isByRegister)
            op.Immediate = (int)instruction.GetImmediate(2);

        op.Extra = instruction.Mnemonic == Mnemonic.Shld ? (byte)1 : (byte)0;
        op.Source = OffsetOf(instruction.Op1Register);
        int size = instruction.Op1Register.GetSize();
        if (instruction.Op0Kind == OpKind.Memory)
        {
            op.Handler = isByRegister
                ? Handlers.ForMemory<DoubleShiftMemory<ClCount>>(size, FormOf(ref op))
                : Handlers.ForMemory<DoubleShiftMemory<ImmediateCount>>(size, FormOf(ref op));
            return true;
        }

        op.Destination = OffsetOf(instruction.Op0Register);
        op.Handler = isByRegister
            ? Handlers.ForSize<DoubleShiftRegister<ClCount>>(size)
            : Handlers.ForSize<DoubleShiftRegister<ImmediateCount>>(size);
        return true;
    }

    private static bool TryTranslateBits(in Instruction instruction, ref MicroOp op) => instruction.Mnemonic switch
    {
        Mnemonic.Bt => Bit<BitTest>(instruction, ref op),
        Mnemonic.Bts => Bit<BitTestAndSet>(instruction, ref op),
        Mnemonic.Btr => Bit<BitTestAndReset>(instruction, ref op),
        Mnemonic.Btc => Bit<BitTestAndComplement>(instruction, ref op),
        Mnemonic.Bsf => Scan<BitScanForward>(instruction, ref op),
        Mnemonic.Bsr => Scan<BitScanReverse>(instruction, ref op),
        Mnemonic.Tzcnt => Scan<TrailingZeroCount>(instruction, ref op),
        Mnemonic.Lzcnt => Scan<LeadingZeroCount>(instruction, ref op),
        Mnemonic.Popcnt => Scan<PopulationCount>(instruction, ref op),
        _ => false,
    };

    private static bool Bit<TOperation>(in Instruction instruction, ref MicroOp op)
        where TOperation : struct, IBitOperation
    {
        bool isByRegister = instruction.Op1Kind == OpKind.Register;
        if (isByRegister)
            op.Source = OffsetOf(instruction.Op1Register);
        else
            op.Immediate = (int)instruction.GetImmediate(1);

        if (instruction.Op0Kind == OpKind.Memory)
        {
            int bytes = instruction.MemorySize.GetSize();
            op.Extra = instruction.HasLockPrefix ? (byte)1 : (byte)0;
            op.Handler = isByRegister
                ? Handlers.ForMemory<BitOfMemory<TOperation, RegisterSource>>(bytes, FormOf(ref op))
                : Handlers.ForMemory<BitOfMemory<TOperation, ImmediateSource>>(bytes, FormOf(ref op));
            return true;
        }

        int size = instruction.Op0Register.GetSize();
        op.Destination = OffsetOf(instruction.Op0Register);
        op.Handler = isByRegister
            ? Handlers.ForSize<BitOfRegister<TOperation, RegisterSource>>(size)
            : Handlers.ForSize<BitOfRegister<TOperation, ImmediateSource>>(size);
        return true;
    }

    private static bool Scan<TScan>(in Instruction instruction, ref MicroOp op) where TScan : struct, IBitScan
    {
        int size = instruction.Op0Register.GetSize();
        op.Destination = OffsetOf(instruction.Op0Register);
        if (instruction.Op1Kind == OpKind.Memory)
        {
            op.Handler = Handlers.ForMemory<ScanMemory<TScan>>(size, FormOf(ref op));
            return true;
        }

        op.Source = OffsetOf(instruction.Op1Register);
        op.Handler = Handlers.ForSize<ScanRegister<TScan>>(size);
        return true;
    }
}
