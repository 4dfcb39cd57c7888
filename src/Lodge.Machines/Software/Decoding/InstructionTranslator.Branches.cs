using Iced.Intel;

namespace Lodge.Machines;

/// <content>Branches.</content>
internal static unsafe partial class InstructionTranslator
{
    private static bool TryTranslateBranch(in Instruction instruction, ref MicroOp op)
    {
        if (instruction.IsJccShortOrNear)
        {
            op.Handler = HandlerOf(CodeOf(instruction.ConditionCode));
            return true;
        }

        switch (instruction.Mnemonic)
        {
            case Mnemonic.Jmp when instruction.IsJmpShortOrNear:
                op.Handler = &Branch.Execute;
                return true;
            case Mnemonic.Jmp when instruction.IsJmpNearIndirect:
                return Indirect<JumpMemory>(instruction, ref op, &JumpRegister.Execute);
            case Mnemonic.Call when instruction.IsCallNear:
                op.Handler = &CallNear.Execute;
                return true;
            case Mnemonic.Call when instruction.IsCallNearIndirect:
                return Indirect<CallMemory>(instruction, ref op, &CallRegister.Execute);
            case Mnemonic.Ret when instruction.Code is Code.Retnq or Code.Retnq_imm16:
                op.Address |= AddressTraits.Stack;
                op.Immediate = instruction.Code == Code.Retnq_imm16 ? instruction.Immediate16 : 0;
                op.Handler = &Return.Execute;
                return true;
            case Mnemonic.Loop:
                return Loop(instruction, ref op, LoopBranch.Always);
            case Mnemonic.Loope:
                return Loop(instruction, ref op, LoopBranch.WhileEqual);
            case Mnemonic.Loopne:
                return Loop(instruction, ref op, LoopBranch.WhileNotEqual);
            case Mnemonic.Jrcxz or Mnemonic.Jecxz:
                return Loop(instruction, ref op, LoopBranch.IfCounterIsZero);
            default:
                return false;
        }
    }

    private static bool Indirect<TMemory>(
        in Instruction instruction, ref MicroOp op, delegate*<Processor, ref MicroOp, BlockExit> ofRegister)
        where TMemory : struct, IMemoryHandler
    {
        if (instruction.Op0Kind == OpKind.Memory)
        {
            // With an operand size of 16 bits there is no such branch in 64-bit mode that all processors agree about.
            if (instruction.MemorySize.GetSize() != 8)
                return false;

            op.Handler = Handlers.ForMemory<TMemory>(8, FormOf(ref op));
            return true;
        }

        if (instruction.Op0Register.GetSize() != 8)
            return false;

        op.Source = OffsetOf(instruction.Op0Register);
        op.Handler = ofRegister;
        return true;
    }

    private static bool Loop(in Instruction instruction, ref MicroOp op, byte kind)
    {
        op.Extra = kind;
        bool isNarrow = instruction.Code is Code.Loop_rel8_64_ECX or Code.Loope_rel8_64_ECX or Code.Loopne_rel8_64_ECX
            or Code.Jecxz_rel8_64;
        if (isNarrow)
            op.Address |= AddressTraits.Narrow;

        op.Handler = &LoopBranch.Execute;
        return true;
    }

    private static delegate*<Processor, ref MicroOp, BlockExit> HandlerOf(byte condition) => condition switch
    {
        0x0 => &BranchIf<IfOverflow>.Execute,
        0x1 => &BranchIf<IfNoOverflow>.Execute,
        0x2 => &BranchIf<IfBelow>.Execute,
        0x3 => &BranchIf<IfNotBelow>.Execute,
        0x4 => &BranchIf<IfEqual>.Execute,
        0x5 => &BranchIf<IfNotEqual>.Execute,
        0x6 => &BranchIf<IfNotAbove>.Execute,
        0x7 => &BranchIf<IfAbove>.Execute,
        0x8 => &BranchIf<IfSign>.Execute,
        0x9 => &BranchIf<IfNoSign>.Execute,
        0xA => &BranchIf<IfParityEven>.Execute,
        0xB => &BranchIf<IfParityOdd>.Execute,
        0xC => &BranchIf<IfLess>.Execute,
        0xD => &BranchIf<IfNotLess>.Execute,
        0xE => &BranchIf<IfNotGreater>.Execute,
        _ => &BranchIf<IfGreater>.Execute,
    };
}
