using System.Numerics;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Lodge.Machines;

/// <content>SSE and SSE2: moves and integers.</content>
internal static unsafe partial class InstructionTranslator
{
    private static bool TryTranslateVector(in Instruction instruction, ref MicroOp op)
    {
        // There is no MMX, which shares mnemonics; and two mnemonics are those of string instructions too.
        if (instruction.IsStringInstruction || UsesMmx(instruction))
            return false;

        return TryTranslateVectorMove(instruction, ref op)
            || TryTranslateElementMove(instruction, ref op)
            || TryTranslatePacked(instruction, ref op)
            || TryTranslateVectorShift(instruction, ref op)
            || TryTranslateShuffle(instruction, ref op)
            || TryTranslateFloat(instruction, ref op)
            || TryTranslateFloatConversion(instruction, ref op)
            || TryTranslateFpuState(instruction, ref op);
    }

    private static bool UsesMmx(in Instruction instruction)
    {
        for (int operand = 0; operand < instruction.OpCount; operand++)
        {
            if (instruction.GetOpKind(operand) == OpKind.Register && instruction.GetOpRegister(operand).IsMM())
                return true;
        }

        return false;
    }

    private static bool TryTranslateVectorMove(in Instruction instruction, ref MicroOp op)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Movaps or Mnemonic.Movapd or Mnemonic.Movdqa:
                return instruction.Op0Kind == OpKind.Memory
                    ? Store<StoreVector>(instruction, ref op)
                    : Vector<MoveVector>(instruction, ref op);
            case Mnemonic.Movups or Mnemonic.Movupd or Mnemonic.Movdqu:
                return instruction.Op0Kind == OpKind.Memory
                    ? Store<StoreElement<Vector128<byte>>>(instruction, ref op)
                    : Vector<MoveUnalignedVector>(instruction, ref op);
            case Mnemonic.Movntps or Mnemonic.Movntpd or Mnemonic.Movntdq:
                return Store<StoreVector>(instruction, ref op);
            case Mnemonic.Maskmovdqu:
                op.Destination = OffsetOfXmm(instruction.Op1Register);
                op.Source = OffsetOfXmm(instruction.Op2Register);
                op.Base = RegisterFile.OffsetOf(RegisterFile.Rdi);
                op.Handler = &StoreMasked.Execute;
                return true;
            default:
                return false;
        }
    }

    private static bool TryTranslateElementMove(in Instruction instruction, ref MicroOp op)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Movss:
                return MoveElement<float>(instruction, ref op);
            case Mnemonic.Movsd:
                return MoveElement<double>(instruction, ref op);
            case Mnemonic.Movd:
                return MoveInteger<uint>(instruction, ref op);
            case Mnemonic.Movq:
                return MoveInteger<ulong>(instruction, ref op);
            case Mnemonic.Movlps or Mnemonic.Movlpd:
                return instruction.Op0Kind == OpKind.Memory
                    ? Store<StoreElement<ulong>>(instruction, ref op)
                    : Vector<InsertElement<ulong>>(instruction, ref op);
            case Mnemonic.Movhps or Mnemonic.Movhpd:
                return instruction.Op0Kind == OpKind.Memory
                    ? Store<StoreElement<ulong>>(instruction, ref op, from: sizeof(ulong))
                    : Vector<InsertElement<ulong>>(instruction, ref op, to: sizeof(ulong));
            case Mnemonic.Movlhps:
                return Vector<InsertElement<ulong>>(instruction, ref op, to: sizeof(ulong));
            case Mnemonic.Movhlps:
                return Vector<InsertElement<ulong>>(instruction, ref op, from: sizeof(ulong));
            case Mnemonic.Pinsrw:
                op.Immediate = instruction.Immediate8;
                return FromGeneral<InsertWord>(instruction, ref op);
            case Mnemonic.Pextrw when instruction.Code is Code.Pextrw_r32_xmm_imm8 or Code.Pextrw_r64_xmm_imm8:
                op.Immediate = instruction.Immediate8;
                return Extract(instruction, ref op, &ExtractWord.Execute);
            case Mnemonic.Movmskps:
                return Extract(instruction, ref op, &ExtractMask<float>.Execute);
            case Mnemonic.Movmskpd:
                return Extract(instruction, ref op, &ExtractMask<double>.Execute);
            case Mnemonic.Pmovmskb:
                return Extract(instruction, ref op, &ExtractMask<byte>.Execute);
            default:
                return false;
        }
    }

    private static bool TryTranslatePacked(in Instruction instruction, ref MicroOp op) => instruction.Mnemonic switch
    {
        Mnemonic.Paddb => Lanes<AddLanes, byte>(instruction, ref op),
        Mnemonic.Paddw => Lanes<AddLanes, ushort>(instruction, ref op),
        Mnemonic.Paddd => Lanes<AddLanes, uint>(instruction, ref op),
        Mnemonic.Paddq => Lanes<AddLanes, ulong>(instruction, ref op),
        Mnemonic.Psubb => Lanes<SubtractLanes, byte>(instruction, ref op),
        Mnemonic.Psubw => Lanes<SubtractLanes, ushort>(instruction, ref op),
        Mnemonic.Psubd => Lanes<SubtractLanes, uint>(instruction, ref op),
        Mnemonic.Psubq => Lanes<SubtractLanes, ulong>(instruction, ref op),
        Mnemonic.Paddsb => Lanes<AddSaturatedLanes, sbyte>(instruction, ref op),
        Mnemonic.Paddsw => Lanes<AddSaturatedLanes, short>(instruction, ref op),
        Mnemonic.Paddusb => Lanes<AddSaturatedLanes, byte>(instruction, ref op),
        Mnemonic.Paddusw => Lanes<AddSaturatedLanes, ushort>(instruction, ref op),
        Mnemonic.Psubsb => Lanes<SubtractSaturatedLanes, sbyte>(instruction, ref op),
        Mnemonic.Psubsw => Lanes<SubtractSaturatedLanes, short>(instruction, ref op),
        Mnemonic.Psubusb => Lanes<SubtractSaturatedLanes, byte>(instruction, ref op),
        Mnemonic.Psubusw => Lanes<SubtractSaturatedLanes, ushort>(instruction, ref op),
        Mnemonic.Pcmpeqb => Lanes<EqualLanes, byte>(instruction, ref op),
        Mnemonic.Pcmpeqw => Lanes<EqualLanes, ushort>(instruction, ref op),
        Mnemonic.Pcmpeqd => Lanes<EqualLanes, uint>(instruction, ref op),
        Mnemonic.Pcmpgtb => Lanes<GreaterLanes, sbyte>(instruction, ref op),
        Mnemonic.Pcmpgtw => Lanes<GreaterLanes, short>(instruction, ref op),
        Mnemonic.Pcmpgtd => Lanes<GreaterLanes, int>(instruction, ref op),
        Mnemonic.Pminub => Lanes<MinimumLanes, byte>(instruction, ref op),
        Mnemonic.Pminsw => Lanes<MinimumLanes, short>(instruction, ref op),
        Mnemonic.Pmaxub => Lanes<MaximumLanes, byte>(instruction, ref op),
        Mnemonic.Pmaxsw => Lanes<MaximumLanes, short>(instruction, ref op),
        Mnemonic.Pavgb => Lanes<AverageLanes, byte>(instruction, ref op),
        Mnemonic.Pavgw => Lanes<AverageLanes, ushort>(instruction, ref op),
        Mnemonic.Pmullw => Lanes<MultiplyLowLanes, ushort>(instruction, ref op),
        Mnemonic.Pmulhw => Packed<MultiplyHighSigned>(instruction, ref op),
        Mnemonic.Pmulhuw => Packed<MultiplyHighUnsigned>(instruction, ref op),
        Mnemonic.Pmuludq => Packed<MultiplyEven>(instruction, ref op),
        Mnemonic.Pmaddwd => Packed<MultiplyAndAdd>(instruction, ref op),
        Mnemonic.Psadbw => Packed<SumOfDifferences>(instruction, ref op),
        Mnemonic.Pand or Mnemonic.Andps or Mnemonic.Andpd => Lanes<AndLanes, ulong>(instruction, ref op),
        Mnemonic.Pandn or Mnemonic.Andnps or Mnemonic.Andnpd => Lanes<AndNotLanes, ulong>(instruction, ref op),
        Mnemonic.Por or Mnemonic.Orps or Mnemonic.Orpd => Lanes<OrLanes, ulong>(instruction, ref op),
        Mnemonic.Pxor or Mnemonic.Xorps or Mnemonic.Xorpd => Lanes<XorLanes, ulong>(instruction, ref op),
        _ => false,
    };

    private static bool TryTranslateVectorShift(in Instruction instruction, ref MicroOp op) => instruction.Mnemonic switch
    {
        Mnemonic.Psllw => VectorShift<VectorShiftLeft, ushort>(instruction, ref op),
        Mnemonic.Pslld => VectorShift<VectorShiftLeft, uint>(instruction, ref op),
        Mnemonic.Psllq => VectorShift<VectorShiftLeft, ulong>(instruction, ref op),
        Mnemonic.Psrlw => VectorShift<VectorShiftRight, ushort>(instruction, ref op),
        Mnemonic.Psrld => VectorShift<VectorShiftRight, uint>(instruction, ref op),
        Mnemonic.Psrlq => VectorShift<VectorShiftRight, ulong>(instruction, ref op),
        Mnemonic.Psraw => VectorShift<VectorShiftArithmetic, short>(instruction, ref op),
        Mnemonic.Psrad => VectorShift<VectorShiftArithmetic, int>(instruction, ref op),
        Mnemonic.Pslldq => ByImmediate<ShiftBytesLeft>(instruction, ref op),
        Mnemonic.Psrldq => ByImmediate<ShiftBytesRight>(instruction, ref op),
        _ => false,
    };

    private static bool TryTranslateShuffle(in Instruction instruction, ref MicroOp op) => instruction.Mnemonic switch
    {
        Mnemonic.Packsswb => Packed<PackSignedWords>(instruction, ref op),
        Mnemonic.Packssdw => Packed<PackSignedDoublewords>(instruction, ref op),
        Mnemonic.Packuswb => Packed<PackUnsignedWords>(instruction, ref op),
        Mnemonic.Punpcklbw => Packed<UnpackLowBytes>(instruction, ref op),
        Mnemonic.Punpckhbw => Packed<UnpackHighBytes>(instruction, ref op),
        Mnemonic.Punpcklwd => Packed<UnpackLowWords>(instruction, ref op),
        Mnemonic.Punpckhwd => Packed<UnpackHighWords>(instruction, ref op),
        Mnemonic.Punpckldq or Mnemonic.Unpcklps => Packed<UnpackLowDoublewords>(instruction, ref op),
        Mnemonic.Punpckhdq or Mnemonic.Unpckhps => Packed<UnpackHighDoublewords>(instruction, ref op),
        Mnemonic.Punpcklqdq or Mnemonic.Unpcklpd => Packed<UnpackLowQuadwords>(instruction, ref op),
        Mnemonic.Punpckhqdq or Mnemonic.Unpckhpd => Packed<UnpackHighQuadwords>(instruction, ref op),
        Mnemonic.Pshufd => Packed<ShuffleDoublewords>(instruction, ref op),
        Mnemonic.Pshuflw => Packed<ShuffleLowWords>(instruction, ref op),
        Mnemonic.Pshufhw => Packed<ShuffleHighWords>(instruction, ref op),
        Mnemonic.Shufps => Packed<ShuffleSingles>(instruction, ref op),
        Mnemonic.Shufpd => Packed<ShuffleDoubles>(instruction, ref op),
        _ => false,
    };

    private static bool MoveElement<T>(in Instruction instruction, ref MicroOp op) where T : unmanaged
    {
        if (instruction.Op0Kind == OpKind.Memory)
            return Store<StoreElement<T>>(instruction, ref op);

        // From memory the other elements are cleared, and between registers they stay.
        return instruction.Op1Kind == OpKind.Memory
            ? Vector<LoadElement<T>>(instruction, ref op)
            : Vector<InsertElement<T>>(instruction, ref op);
    }

    private static bool MoveInteger<T>(in Instruction instruction, ref MicroOp op) where T : unmanaged
    {
        if (instruction.Op0Kind == OpKind.Memory)
            return Store<StoreElement<T>>(instruction, ref op);

        if (!IsGeneral(instruction.Op0Register))
        {
            return instruction.Op1Kind == OpKind.Register && IsGeneral(instruction.Op1Register)
                ? FromGeneral<LoadElement<T>>(instruction, ref op)
                : Vector<LoadElement<T>>(instruction, ref op);
        }

        op.Destination = OffsetOf(instruction.Op0Register);
        op.Source = OffsetOfXmm(instruction.Op1Register);
        op.Handler = Handlers.ForSize<MoveToGeneral>(sizeof(T));
        return true;
    }

    private static bool Extract(
        in Instruction instruction, ref MicroOp op, delegate*<Processor, ref MicroOp, BlockExit> handler)
    {
        op.Destination = OffsetOf(instruction.Op0Register);
        op.Source = OffsetOfXmm(instruction.Op1Register);
        op.Handler = handler;
        return true;
    }

    private static bool Lanes<TOperation, T>(in Instruction instruction, ref MicroOp op)
        where TOperation : struct, ILaneOperation
        where T : unmanaged, IBinaryInteger<T>
        => Packed<Lanewise<TOperation, T>>(instruction, ref op);

    private static bool Packed<TOperation>(in Instruction instruction, ref MicroOp op) where TOperation : struct, IVectorOperation
        => Vector<VectorBinary<TOperation>>(instruction, ref op);

    private static bool VectorShift<TShift, T>(in Instruction instruction, ref MicroOp op)
        where TShift : struct, IVectorShift
        where T : unmanaged, IBinaryInteger<T>
        => instruction.Op1Kind == OpKind.Immediate8
            ? ByImmediate<ShiftLanesByImmediate<TShift, T>>(instruction, ref op)
            : Packed<ShiftLanes<TShift, T>>(instruction, ref op);

    private static bool ByImmediate<TOperation>(in Instruction instruction, ref MicroOp op)
        where TOperation : struct, IVectorOperation
    {
        op.Immediate = instruction.Immediate8;
        op.Destination = OffsetOfXmm(instruction.Op0Register);
        op.Source = op.Destination;
        op.Handler = VectorHandlers.OfRegister<VectorBinary<TOperation>>();
        return true;
    }

    /// <summary>An instruction whose destination is a register of SSE.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="op">What it becomes.</param>
    /// <param name="from">Which byte of a source register it begins with.</param>
    /// <param name="to">Which byte of the destination it begins with.</param>
    private static bool Vector<THandler>(in Instruction instruction, ref MicroOp op, int from = 0, int to = 0)
        where THandler : struct, IVectorHandler
    {
        op.Destination = (byte)(OffsetOfXmm(instruction.Op0Register) + to);
        if (instruction.OpCount == 3)
            op.Immediate = instruction.Immediate8;

        return Source<THandler>(instruction, ref op, from);
    }

    /// <summary>An instruction whose source is a register of SSE or memory.</summary>
    private static bool Source<THandler>(in Instruction instruction, ref MicroOp op, int from = 0)
        where THandler : struct, IVectorHandler
    {
        if (instruction.Op1Kind == OpKind.Memory)
        {
            op.Handler = VectorHandlers.OfMemory<THandler>(FormOf(ref op));
            return true;
        }

        op.Source = (byte)(OffsetOfXmm(instruction.Op1Register) + from);
        op.Handler = VectorHandlers.OfRegister<THandler>();
        return true;
    }

    /// <summary>An instruction that goes from a general register or memory to a register of SSE.</summary>
    private static bool FromGeneral<THandler>(in Instruction instruction, ref MicroOp op) where THandler : struct, IVectorHandler
    {
        if (instruction.Op1Kind == OpKind.Memory)
            return Vector<THandler>(instruction, ref op);

        op.Destination = OffsetOfXmm(instruction.Op0Register);
        op.Source = OffsetOf(instruction.Op1Register);
        op.Handler = VectorHandlers.OfGeneral<THandler>();
        return true;
    }

    private static bool Store<THandler>(in Instruction instruction, ref MicroOp op, int from = 0)
        where THandler : struct, IAddressHandler
    {
        op.Source = (byte)(OffsetOfXmm(instruction.Op1Register) + from);
        op.Handler = VectorHandlers.ToMemory<THandler>(FormOf(ref op));
        return true;
    }

    /// <summary>Where a register of SSE lies in the file.</summary>
    private static byte OffsetOfXmm(Register register) => XmmFile.OffsetOf(register - Register.XMM0);
}
