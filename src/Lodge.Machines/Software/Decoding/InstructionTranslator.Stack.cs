using Iced.Intel;

namespace Lodge.Machines;

/// <content>The stack, and string instructions.</content>
internal static unsafe partial class InstructionTranslator
{
    private static bool TryTranslateStack(in Instruction instruction, ref MicroOp op)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Push:
                return TryTranslatePush(instruction, ref op);
            case Mnemonic.Pop:
                return TryTranslatePop(instruction, ref op);
            case Mnemonic.Leave:
                op.Address |= AddressTraits.Stack;
                op.Handler = Handlers.ForSize<Leave>(instruction.Code == Code.Leavew ? 2 : 8);
                return true;
            case Mnemonic.Enter:
                op.Address |= AddressTraits.Stack;
                op.Immediate = instruction.Immediate16;
                op.Extra = instruction.Immediate8_2nd;
                op.Handler = Handlers.ForSize<Enter>(instruction.Code == Code.Enterw_imm16_imm8 ? 2 : 8);
                return true;
            case Mnemonic.Pushf or Mnemonic.Pushfq:
                op.Handler = Handlers.ForSize<PushFlags>(instruction.Code == Code.Pushfw ? 2 : 8);
                return true;
            default:
                return false;
        }
    }

    private static bool TryTranslatePush(in Instruction instruction, ref MicroOp op)
    {
        int size = -instruction.StackPointerIncrement;
        switch (instruction.Op0Kind)
        {
            case OpKind.Register when IsGeneral(instruction.Op0Register):
                op.Source = OffsetOf(instruction.Op0Register);
                op.Handler = Handlers.ForSize<Push<RegisterSource>>(size);
                return true;
            case OpKind.Register:
                op.Extra = (byte)(instruction.Op0Register - Register.ES);
                op.Handler = Handlers.ForSize<PushSegment>(size);
                return true;
            case OpKind.Memory:
                op.Handler = Handlers.ForMemory<PushMemory>(size, FormOf(ref op));
                return true;
            default:
                op.Immediate = (int)instruction.GetImmediate(0);
                op.Handler = Handlers.ForSize<Push<ImmediateSource>>(size);
                return true;
        }
    }

    private static bool TryTranslatePop(in Instruction instruction, ref MicroOp op)
    {
        int size = instruction.StackPointerIncrement;
        if (instruction.Op0Kind == OpKind.Memory)
        {
            op.Handler = Handlers.ForMemory<PopMemory>(size, FormOf(ref op));
            return true;
        }

        op.Address |= AddressTraits.Stack;

        if (IsGeneral(instruction.Op0Register))
        {
            op.Destination = OffsetOf(instruction.Op0Register);
            op.Handler = Handlers.ForSize<Pop>(size);
            return true;
        }

        op.Extra = (byte)(instruction.Op0Register - Register.ES);
        op.Handler = Handlers.ForSize<PopSegment>(size);
        return true;
    }

    private static bool TryTranslateString(in Instruction instruction, ref MicroOp op)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Movsb:
                return String<MoveStep>(instruction, ref op, 1);
            case Mnemonic.Movsw:
                return String<MoveStep>(instruction, ref op, 2);
            case Mnemonic.Movsd when instruction.IsStringInstruction:
                return String<MoveStep>(instruction, ref op, 4);
            case Mnemonic.Movsq:
                return String<MoveStep>(instruction, ref op, 8);
            case Mnemonic.Stosb:
                return String<StoreStep>(instruction, ref op, 1);
            case Mnemonic.Stosw:
                return String<StoreStep>(instruction, ref op, 2);
            case Mnemonic.Stosd:
                return String<StoreStep>(instruction, ref op, 4);
            case Mnemonic.Stosq:
                return String<StoreStep>(instruction, ref op, 8);
            case Mnemonic.Lodsb:
                return String<LoadStep>(instruction, ref op, 1);
            case Mnemonic.Lodsw:
                return String<LoadStep>(instruction, ref op, 2);
            case Mnemonic.Lodsd:
                return String<LoadStep>(instruction, ref op, 4);
            case Mnemonic.Lodsq:
                return String<LoadStep>(instruction, ref op, 8);
            case Mnemonic.Scasb:
                return String<ScanStep>(instruction, ref op, 1);
            case Mnemonic.Scasw:
                return String<ScanStep>(instruction, ref op, 2);
            case Mnemonic.Scasd:
                return String<ScanStep>(instruction, ref op, 4);
            case Mnemonic.Scasq:
                return String<ScanStep>(instruction, ref op, 8);
            case Mnemonic.Cmpsb:
                return String<CompareStep>(instruction, ref op, 1);
            case Mnemonic.Cmpsw:
                return String<CompareStep>(instruction, ref op, 2);
            case Mnemonic.Cmpsd when instruction.IsStringInstruction:
                return String<CompareStep>(instruction, ref op, 4);
            case Mnemonic.Cmpsq:
                return String<CompareStep>(instruction, ref op, 8);
            case Mnemonic.Insb:
                return String<InStep>(instruction, ref op, 1);
            case Mnemonic.Insw:
                return String<InStep>(instruction, ref op, 2);
            case Mnemonic.Insd:
                return String<InStep>(instruction, ref op, 4);
            case Mnemonic.Outsb:
                return String<OutStep>(instruction, ref op, 1);
            case Mnemonic.Outsw:
                return String<OutStep>(instruction, ref op, 2);
            case Mnemonic.Outsd:
                return String<OutStep>(instruction, ref op, 4);
            default:
                return false;
        }
    }

    private static bool String<TStep>(in Instruction instruction, ref MicroOp op, int size) where TStep : struct, IStringStep
    {
        op.Extra = instruction.HasRepnePrefix ? Repeat.WhileNotEqual : instruction.HasRepPrefix ? Repeat.Always : Repeat.No;
        op.Handler = Handlers.ForSize<StringInstruction<TStep>>(size);
        return true;
    }
}
