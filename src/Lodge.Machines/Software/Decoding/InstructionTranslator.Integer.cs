using Iced.Intel;

namespace Lodge.Machines;

/// <content>Moves and arithmetic.</content>
internal static unsafe partial class InstructionTranslator
{
    private static bool TryTranslateInteger(in Instruction instruction, ref MicroOp op)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Mov:
                return TryTranslateMove(instruction, ref op);
            case Mnemonic.Add:
                return Binary<AddOperation>(instruction, ref op);
            case Mnemonic.Adc:
                return Binary<AddWithCarryOperation>(instruction, ref op);
            case Mnemonic.Sub:
                return Binary<SubtractOperation>(instruction, ref op);
            case Mnemonic.Sbb:
                return Binary<SubtractWithBorrowOperation>(instruction, ref op);
            case Mnemonic.Cmp:
                return Binary<CompareOperation>(instruction, ref op);
            case Mnemonic.And:
                return Binary<AndOperation>(instruction, ref op);
            case Mnemonic.Or:
                return Binary<OrOperation>(instruction, ref op);
            case Mnemonic.Xor:
                return Binary<XorOperation>(instruction, ref op);
            case Mnemonic.Test:
                return Binary<TestOperation>(instruction, ref op);
            case Mnemonic.Inc:
                return Unary<IncrementOperation>(instruction, ref op);
            case Mnemonic.Dec:
                return Unary<DecrementOperation>(instruction, ref op);
            case Mnemonic.Neg:
                return Unary<NegateOperation>(instruction, ref op);
            case Mnemonic.Not:
                return Unary<NotOperation>(instruction, ref op);
            case Mnemonic.Lea:
                op.Destination = OffsetOf(instruction.Op0Register);
                op.Handler = Handlers.ForMemory<LoadAddress>(instruction.Op0Register.GetSize(), FormOf(ref op));
                return true;
            case Mnemonic.Movzx:
                return Extend<ZeroExtension>(instruction, ref op);
            case Mnemonic.Movsx or Mnemonic.Movsxd:
                return Extend<SignExtension>(instruction, ref op);
            case Mnemonic.Cbw or Mnemonic.Cwde or Mnemonic.Cdqe:
                op.Handler = Handlers.ForSize<SignExtendAccumulator>(
                    instruction.Mnemonic == Mnemonic.Cbw ? 2 : instruction.Mnemonic == Mnemonic.Cwde ? 4 : 8);
                return true;
            case Mnemonic.Cwd or Mnemonic.Cdq or Mnemonic.Cqo:
                op.Handler = Handlers.ForSize<SignIntoData>(
                    instruction.Mnemonic == Mnemonic.Cwd ? 2 : instruction.Mnemonic == Mnemonic.Cdq ? 4 : 8);
                return true;
            case Mnemonic.Xchg:
                return RegisterWith<ExchangeRegisters, AtomicMemory<Exchange>>(instruction, ref op);
            case Mnemonic.Bswap:
                op.Destination = OffsetOf(instruction.Op0Register);
                op.Handler = Handlers.ForSize<SwapBytes>(instruction.Op0Register.GetSize());
                return true;
            case Mnemonic.Movbe:
                return TryTranslateSwappedMove(instruction, ref op);
            case Mnemonic.Movnti:
                op.Source = OffsetOf(instruction.Op1Register);
                return Memory<MoveToMemory<RegisterSource>>(instruction, ref op);
            case Mnemonic.Mul:
                return WithAccumulator<MultiplyRegister, MultiplyMemory>(instruction, ref op, isSigned: false);
            case Mnemonic.Imul:
                return instruction.OpCount == 1
                    ? WithAccumulator<MultiplyRegister, MultiplyMemory>(instruction, ref op, isSigned: true)
                    : SignedMultiply(instruction, ref op);
            case Mnemonic.Div:
                return WithAccumulator<DivideRegister, DivideMemory>(instruction, ref op, isSigned: false);
            case Mnemonic.Idiv:
                return WithAccumulator<DivideRegister, DivideMemory>(instruction, ref op, isSigned: true);
            case Mnemonic.Cmpxchg:
                return RegisterWith<CompareExchangeRegister, AtomicMemory<CompareExchange>>(instruction, ref op);
            case Mnemonic.Xadd:
                return RegisterWith<ExchangeAddRegisters, AtomicMemory<ExchangeAdd>>(instruction, ref op);
            case Mnemonic.Cmpxchg8b:
                return Memory<AtomicMemory<CompareExchange8Bytes>>(instruction, ref op);
            case Mnemonic.Xlatb:
                op.Handler = &TranslateByte.Execute;
                return true;
            default:
                return TryTranslateConditional(instruction, ref op) || TryTranslateFlags(instruction, ref op);
        }
    }

    private static bool TryTranslateMove(in Instruction instruction, ref MicroOp op)
    {
        if (!IsOrdinaryMove(instruction))
            return false;

        if (instruction.Op0Kind == OpKind.Memory)
        {
            return SetSource(1, instruction, ref op)
                ? Memory<MoveToMemory<RegisterSource>>(instruction, ref op)
                : Memory<MoveToMemory<ImmediateSource>>(instruction, ref op);
        }

        op.Destination = OffsetOf(instruction.Op0Register);
        switch (instruction.Op1Kind)
        {
            case OpKind.Register or OpKind.Memory:
                return From<MoveToRegister<RegisterSource>, MoveFromMemory>(1, instruction, ref op);
            case OpKind.Immediate64:
                op.Displacement = (long)instruction.Immediate64;
                op.Handler = &MoveWideImmediate.Execute;
                return true;
            default:
                op.Immediate = (int)instruction.GetImmediate(1);
                op.Handler = Handlers.ForSize<MoveToRegister<ImmediateSource>>(instruction.Op0Register.GetSize());
                return true;
        }
    }

    private static bool IsOrdinaryMove(in Instruction instruction)
        => (instruction.Op0Kind == OpKind.Memory || IsGeneral(instruction.Op0Register))
            && (instruction.Op1Kind != OpKind.Register || IsGeneral(instruction.Op1Register));

    private static bool Binary<TOperation>(in Instruction instruction, ref MicroOp op) where TOperation : struct, IBinaryOperation
    {
        if (instruction.Op1Kind == OpKind.Memory)
        {
            op.Destination = OffsetOf(instruction.Op0Register);
            return Memory<BinaryFromMemory<TOperation>>(instruction, ref op);
        }

        if (SetSource(1, instruction, ref op))
        {
            return instruction.HasLockPrefix
                ? Memory<AtomicMemory<LockedBinary<TOperation, RegisterSource>>>(instruction, ref op)
                : To<BinaryToRegister<TOperation, RegisterSource>, BinaryToMemory<TOperation, RegisterSource>>(
                    instruction, ref op);
        }

        return instruction.HasLockPrefix
            ? Memory<AtomicMemory<LockedBinary<TOperation, ImmediateSource>>>(instruction, ref op)
            : To<BinaryToRegister<TOperation, ImmediateSource>, BinaryToMemory<TOperation, ImmediateSource>>(
                instruction, ref op);
    }

    private static bool Unary<TOperation>(in Instruction instruction, ref MicroOp op) where TOperation : struct, IUnaryOperation
        => instruction.HasLockPrefix
            ? Memory<AtomicMemory<LockedUnary<TOperation>>>(instruction, ref op)
            : To<UnaryRegister<TOperation>, UnaryMemory<TOperation>>(instruction, ref op);

    private static bool Extend<TExtension>(in Instruction instruction, ref MicroOp op)
        where TExtension : struct, IExtension
    {
        op.Destination = OffsetOf(instruction.Op0Register);
        switch (instruction.Op0Register.GetSize())
        {
            case 2:
                return ExtendTo<TExtension, Size16>(instruction, ref op);
            case 4:
                return ExtendTo<TExtension, Size32>(instruction, ref op);
            default:
                return ExtendTo<TExtension, Size64>(instruction, ref op);
        }
    }

    private static bool ExtendTo<TExtension, TDestination>(in Instruction instruction, ref MicroOp op)
        where TExtension : struct, IExtension
        where TDestination : struct, IOperandSize
        => From<ExtendRegister<TExtension, TDestination>, ExtendMemory<TExtension, TDestination>>(1, instruction, ref op);

    private static bool TryTranslateSwappedMove(in Instruction instruction, ref MicroOp op)
    {
        if (instruction.Op0Kind == OpKind.Memory)
        {
            op.Source = OffsetOf(instruction.Op1Register);
            return Memory<MoveSwappedToMemory>(instruction, ref op);
        }

        op.Destination = OffsetOf(instruction.Op0Register);
        return Memory<MoveSwappedFromMemory>(instruction, ref op);
    }

    /// <summary>A register or memory that RAX, and RDX, are multiplied or divided by.</summary>
    private static bool WithAccumulator<TRegister, TMemory>(in Instruction instruction, ref MicroOp op, bool isSigned)
        where TRegister : struct, ISizedHandler
        where TMemory : struct, IMemoryHandler
    {
        op.Extra = isSigned ? (byte)1 : (byte)0;
        return From<TRegister, TMemory>(0, instruction, ref op);
    }

    private static bool SignedMultiply(in Instruction instruction, ref MicroOp op)
    {
        op.Destination = OffsetOf(instruction.Op0Register);

        // The factor beside the operand in memory.
        op.Source = op.Destination;
        if (instruction.OpCount == 2)
        {
            op.Extra = op.Destination;
            return From<SignedMultiplyRegister<RegisterSource>, SignedMultiplyMemory<RegisterSource>>(1, instruction, ref op);
        }

        op.Immediate = (int)instruction.GetImmediate(2);
        if (instruction.Op1Kind == OpKind.Register)
            op.Extra = OffsetOf(instruction.Op1Register);

        return From<SignedMultiplyRegister<ImmediateSource>, SignedMultiplyMemory<ImmediateSource>>(1, instruction, ref op);
    }

    /// <summary>A register or memory first, which is changed, and a register.</summary>
    private static bool RegisterWith<TRegister, TMemory>(in Instruction instruction, ref MicroOp op)
        where TRegister : struct, ISizedHandler
        where TMemory : struct, IMemoryHandler
    {
        op.Source = OffsetOf(instruction.Op1Register);
        return To<TRegister, TMemory>(instruction, ref op);
    }

    private static bool TryTranslateConditional(in Instruction instruction, ref MicroOp op)
    {
        if (instruction.ConditionCode == ConditionCode.None || instruction.IsJccShortOrNear || instruction.OpCount == 0
            || instruction.FlowControl != FlowControl.Next)
        {
            return false;
        }

        op.Extra = CodeOf(instruction.ConditionCode);
        if (instruction.OpCount == 1)
        {
            if (instruction.Op0Kind == OpKind.Memory)
                return Memory<SetMemory>(instruction, ref op);

            op.Destination = OffsetOf(instruction.Op0Register);
            op.Handler = &SetRegister.Execute;
            return true;
        }

        if (!IsGeneral(instruction.Op0Register))
            return false;

        op.Destination = OffsetOf(instruction.Op0Register);
        return From<ConditionalMoveRegister, ConditionalMoveMemory>(1, instruction, ref op);
    }

    /// <summary>A condition as opcodes have it.</summary>
    private static byte CodeOf(ConditionCode condition) => (byte)(condition - ConditionCode.o);

    private static bool TryTranslateFlags(in Instruction instruction, ref MicroOp op)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Clc:
                op.Handler = &ClearCarry.Execute;
                return true;
            case Mnemonic.Stc:
                op.Handler = &SetCarry.Execute;
                return true;
            case Mnemonic.Cmc:
                op.Handler = &ComplementCarry.Execute;
                return true;
            case Mnemonic.Cld:
                op.Handler = &ClearDirection.Execute;
                return true;
            case Mnemonic.Std:
                op.Handler = &SetDirection.Execute;
                return true;
            case Mnemonic.Lahf:
                op.Handler = &LoadFlagsIntoAh.Execute;
                return true;
            case Mnemonic.Sahf:
                op.Handler = &StoreAhIntoFlags.Execute;
                return true;
            case Mnemonic.Nop or Mnemonic.Endbr64 or Mnemonic.Endbr32 or Mnemonic.Pause or Mnemonic.Prefetcht0
                or Mnemonic.Prefetcht1 or Mnemonic.Prefetcht2 or Mnemonic.Prefetchnta or Mnemonic.Prefetchw or Mnemonic.Prefetch
                or Mnemonic.Lfence or Mnemonic.Sfence or Mnemonic.Reservednop or Mnemonic.Fnop:
                op.Handler = &NoOperation.Execute;
                return true;
            case Mnemonic.Mfence:
                op.Handler = &SystemInstructions.Fence;
                return true;
            default:
                return false;
        }
    }
}
