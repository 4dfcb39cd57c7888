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
                return TryTranslateExchange(instruction, ref op);
            case Mnemonic.Bswap:
                op.Destination = OffsetOf(instruction.Op0Register);
                op.Handler = Handlers.ForSize<SwapBytes>(instruction.Op0Register.GetSize());
                return true;
            case Mnemonic.Movbe:
                return TryTranslateSwappedMove(instruction, ref op);
            case Mnemonic.Movnti:
                op.Source = OffsetOf(instruction.Op1Register);
                op.Handler = Handlers.ForMemory<MoveToMemory<RegisterSource>>(instruction.Op1Register.GetSize(), FormOf(ref op));
                return true;
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
                return RegisterWith<CompareExchangeRegister, CompareExchangeMemory>(instruction, ref op);
            case Mnemonic.Xadd:
                return RegisterWith<ExchangeAddRegisters, ExchangeAddMemory>(instruction, ref op);
            case Mnemonic.Cmpxchg8b:
                op.Handler = Handlers.ForMemory<CompareExchange8Bytes>(8, FormOf(ref op));
                return true;
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
            int bytes = instruction.MemorySize.GetSize();
            if (instruction.Op1Kind == OpKind.Register)
            {
                op.Source = OffsetOf(instruction.Op1Register);
                op.Handler = Handlers.ForMemory<MoveToMemory<RegisterSource>>(bytes, FormOf(ref op));
            }
            else
            {
                op.Immediate = (int)instruction.GetImmediate(1);
                op.Handler = Handlers.ForMemory<MoveToMemory<ImmediateSource>>(bytes, FormOf(ref op));
            }

            return true;
        }

        int size = instruction.Op0Register.GetSize();
        op.Destination = OffsetOf(instruction.Op0Register);
        switch (instruction.Op1Kind)
        {
            case OpKind.Register:
                op.Source = OffsetOf(instruction.Op1Register);
                op.Handler = Handlers.ForSize<MoveToRegister<RegisterSource>>(size);
                return true;
            case OpKind.Memory:
                op.Handler = Handlers.ForMemory<MoveFromMemory>(size, FormOf(ref op));
                return true;
            case OpKind.Immediate64:
                op.Displacement = (long)instruction.Immediate64;
                op.Handler = &MoveWideImmediate.Execute;
                return true;
            default:
                op.Immediate = (int)instruction.GetImmediate(1);
                op.Handler = Handlers.ForSize<MoveToRegister<ImmediateSource>>(size);
                return true;
        }
    }

    private static bool IsOrdinaryMove(in Instruction instruction)
        => (instruction.Op0Kind == OpKind.Memory || IsGeneral(instruction.Op0Register))
            && (instruction.Op1Kind != OpKind.Register || IsGeneral(instruction.Op1Register));

    private static bool Binary<TOperation>(in Instruction instruction, ref MicroOp op)
        where TOperation : struct, IBinaryOperation
    {
        if (instruction.Op0Kind == OpKind.Register)
        {
            int size = instruction.Op0Register.GetSize();
            op.Destination = OffsetOf(instruction.Op0Register);
            if (instruction.Op1Kind == OpKind.Register)
            {
                op.Source = OffsetOf(instruction.Op1Register);
                op.Handler = Handlers.ForSize<BinaryToRegister<TOperation, RegisterSource>>(size);
            }
            else if (instruction.Op1Kind == OpKind.Memory)
            {
                op.Handler = Handlers.ForMemory<BinaryFromMemory<TOperation>>(size, FormOf(ref op));
            }
            else
            {
                op.Immediate = (int)instruction.GetImmediate(1);
                op.Handler = Handlers.ForSize<BinaryToRegister<TOperation, ImmediateSource>>(size);
            }

            return true;
        }

        int bytes = instruction.MemorySize.GetSize();
        if (instruction.Op1Kind == OpKind.Register)
        {
            op.Source = OffsetOf(instruction.Op1Register);
            op.Handler = instruction.HasLockPrefix
                ? Handlers.ForMemory<LockedBinaryToMemory<TOperation, RegisterSource>>(bytes, FormOf(ref op))
                : Handlers.ForMemory<BinaryToMemory<TOperation, RegisterSource>>(bytes, FormOf(ref op));
        }
        else
        {
            op.Immediate = (int)instruction.GetImmediate(1);
            op.Handler = instruction.HasLockPrefix
                ? Handlers.ForMemory<LockedBinaryToMemory<TOperation, ImmediateSource>>(bytes, FormOf(ref op))
                : Handlers.ForMemory<BinaryToMemory<TOperation, ImmediateSource>>(bytes, FormOf(ref op));
        }

        return true;
    }

    private static bool Unary<TOperation>(in Instruction instruction, ref MicroOp op)
        where TOperation : struct, IUnaryOperation
    {
        if (instruction.Op0Kind == OpKind.Register)
        {
            op.Destination = OffsetOf(instruction.Op0Register);
            op.Handler = Handlers.ForSize<UnaryRegister<TOperation>>(instruction.Op0Register.GetSize());
            return true;
        }

        int bytes = instruction.MemorySize.GetSize();
        op.Handler = instruction.HasLockPrefix
            ? Handlers.ForMemory<LockedUnaryMemory<TOperation>>(bytes, FormOf(ref op))
            : Handlers.ForMemory<UnaryMemory<TOperation>>(bytes, FormOf(ref op));
        return true;
    }

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
    {
        if (instruction.Op1Kind == OpKind.Memory)
        {
            op.Handler = Handlers.ForMemory<ExtendMemory<TExtension, TDestination>>(
                instruction.MemorySize.GetSize(), FormOf(ref op));
            return true;
        }

        op.Source = OffsetOf(instruction.Op1Register);
        op.Handler = Handlers.ForSize<ExtendRegister<TExtension, TDestination>>(instruction.Op1Register.GetSize());
        return true;
    }

    private static bool TryTranslateExchange(in Instruction instruction, ref MicroOp op)
    {
        op.Source = OffsetOf(instruction.Op1Register);
        int size = instruction.Op1Register.GetSize();
        if (instruction.Op0Kind == OpKind.Memory)
        {
            op.Handler = Handlers.ForMemory<ExchangeMemory>(size, FormOf(ref op));
            return true;
        }

        op.Destination = OffsetOf(instruction.Op0Register);
        op.Handler = Handlers.ForSize<ExchangeRegisters>(size);
        return true;
    }

    private static bool TryTranslateSwappedMove(in Instruction instruction, ref MicroOp op)
    {
        int size = instruction.MemorySize.GetSize();
        if (instruction.Op0Kind == OpKind.Memory)
        {
            op.Source = OffsetOf(instruction.Op1Register);
            op.Handler = Handlers.ForMemory<MoveSwappedToMemory>(size, FormOf(ref op));
            return true;
        }

        op.Destination = OffsetOf(instruction.Op0Register);
        op.Handler = Handlers.ForMemory<MoveSwappedFromMemory>(size, FormOf(ref op));
        return true;
    }

    /// <summary>A register or memory that RAX, and RDX, are multiplied or divided by.</summary>
    private static bool WithAccumulator<TRegister, TMemory>(in Instruction instruction, ref MicroOp op, bool isSigned)
        where TRegister : struct, ISizedHandler
        where TMemory : struct, IMemoryHandler
    {
        op.Extra = isSigned ? (byte)1 : (byte)0;
        if (instruction.Op0Kind == OpKind.Memory)
        {
            op.Handler = Handlers.ForMemory<TMemory>(instruction.MemorySize.GetSize(), FormOf(ref op));
            return true;
        }

        op.Source = OffsetOf(instruction.Op0Register);
        op.Handler = Handlers.ForSize<TRegister>(instruction.Op0Register.GetSize());
        return true;
    }

    private static bool SignedMultiply(in Instruction instruction, ref MicroOp op)
    {
        int size = instruction.Op0Register.GetSize();
        op.Destination = OffsetOf(instruction.Op0Register);
        bool hasImmediate = instruction.OpCount == 3;
        if (hasImmediate)
            op.Immediate = (int)instruction.GetImmediate(2);

        if (instruction.Op1Kind == OpKind.Memory)
        {
            op.Source = op.Destination;
            op.Handler = hasImmediate
                ? Handlers.ForMemory<SignedMultiplyMemory<ImmediateSource>>(size, FormOf(ref op))
                : Handlers.ForMemory<SignedMultiplyMemory<RegisterSource>>(size, FormOf(ref op));
            return true;
        }

        op.Extra = hasImmediate ? OffsetOf(instruction.Op1Register) : op.Destination;
        op.Source = OffsetOf(instruction.Op1Register);
        op.Handler = hasImmediate
            ? Handlers.ForSize<SignedMultiplyRegister<ImmediateSource>>(size)
            : Handlers.ForSize<SignedMultiplyRegister<RegisterSource>>(size);
        return true;
    }

    /// <summary>A register or memory first, and a register.</summary>
    private static bool RegisterWith<TRegister, TMemory>(in Instruction instruction, ref MicroOp op)
        where TRegister : struct, ISizedHandler
        where TMemory : struct, IMemoryHandler
    {
        op.Source = OffsetOf(instruction.Op1Register);
        int size = instruction.Op1Register.GetSize();
        if (instruction.Op0Kind == OpKind.Memory)
        {
            op.Handler = Handlers.ForMemory<TMemory>(size, FormOf(ref op));
            return true;
        }

        op.Destination = OffsetOf(instruction.Op0Register);
        op.Handler = Handlers.ForSize<TRegister>(size);
        return true;
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
            {
                op.Handler = Handlers.ForMemory<SetMemory>(1, FormOf(ref op));
                return true;
            }

            op.Destination = OffsetOf(instruction.Op0Register);
            op.Handler = &SetRegister.Execute;
            return true;
        }

        if (!IsGeneral(instruction.Op0Register))
            return false;

        op.Destination = OffsetOf(instruction.Op0Register);
        int size = instruction.Op0Register.GetSize();
        if (instruction.Op1Kind == OpKind.Memory)
        {
            op.Handler = Handlers.ForMemory<ConditionalMoveMemory>(size, FormOf(ref op));
            return true;
        }

        op.Source = OffsetOf(instruction.Op1Register);
        op.Handler = Handlers.ForSize<ConditionalMoveRegister>(size);
        return true;
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
