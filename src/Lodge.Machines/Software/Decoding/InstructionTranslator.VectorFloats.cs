using System.Numerics;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Lodge.Machines;

/// <content>SSE and SSE2: numbers, conversions and state.</content>
internal static unsafe partial class InstructionTranslator
{
    private static bool TryTranslateFloat(in Instruction instruction, ref MicroOp op) => instruction.Mnemonic switch
    {
        Mnemonic.Addps => Vector<FloatPacked<FloatAdd, float>>(instruction, ref op),
        Mnemonic.Addpd => Vector<FloatPacked<FloatAdd, double>>(instruction, ref op),
        Mnemonic.Addss => Vector<FloatScalar<FloatAdd, float>>(instruction, ref op),
        Mnemonic.Addsd => Vector<FloatScalar<FloatAdd, double>>(instruction, ref op),
        Mnemonic.Subps => Vector<FloatPacked<FloatSubtract, float>>(instruction, ref op),
        Mnemonic.Subpd => Vector<FloatPacked<FloatSubtract, double>>(instruction, ref op),
        Mnemonic.Subss => Vector<FloatScalar<FloatSubtract, float>>(instruction, ref op),
        Mnemonic.Subsd => Vector<FloatScalar<FloatSubtract, double>>(instruction, ref op),
        Mnemonic.Mulps => Vector<FloatPacked<FloatMultiply, float>>(instruction, ref op),
        Mnemonic.Mulpd => Vector<FloatPacked<FloatMultiply, double>>(instruction, ref op),
        Mnemonic.Mulss => Vector<FloatScalar<FloatMultiply, float>>(instruction, ref op),
        Mnemonic.Mulsd => Vector<FloatScalar<FloatMultiply, double>>(instruction, ref op),
        Mnemonic.Divps => Vector<FloatPacked<FloatDivide, float>>(instruction, ref op),
        Mnemonic.Divpd => Vector<FloatPacked<FloatDivide, double>>(instruction, ref op),
        Mnemonic.Divss => Vector<FloatScalar<FloatDivide, float>>(instruction, ref op),
        Mnemonic.Divsd => Vector<FloatScalar<FloatDivide, double>>(instruction, ref op),
        Mnemonic.Sqrtps => Vector<FloatPacked<FloatSquareRoot, float>>(instruction, ref op),
        Mnemonic.Sqrtpd => Vector<FloatPacked<FloatSquareRoot, double>>(instruction, ref op),
        Mnemonic.Sqrtss => Vector<FloatScalar<FloatSquareRoot, float>>(instruction, ref op),
        Mnemonic.Sqrtsd => Vector<FloatScalar<FloatSquareRoot, double>>(instruction, ref op),
        Mnemonic.Minps => Vector<FloatPacked<FloatMinimum, float>>(instruction, ref op),
        Mnemonic.Minpd => Vector<FloatPacked<FloatMinimum, double>>(instruction, ref op),
        Mnemonic.Minss => Vector<FloatScalar<FloatMinimum, float>>(instruction, ref op),
        Mnemonic.Minsd => Vector<FloatScalar<FloatMinimum, double>>(instruction, ref op),
        Mnemonic.Maxps => Vector<FloatPacked<FloatMaximum, float>>(instruction, ref op),
        Mnemonic.Maxpd => Vector<FloatPacked<FloatMaximum, double>>(instruction, ref op),
        Mnemonic.Maxss => Vector<FloatScalar<FloatMaximum, float>>(instruction, ref op),
        Mnemonic.Maxsd => Vector<FloatScalar<FloatMaximum, double>>(instruction, ref op),
        Mnemonic.Cmpps => Vector<FloatPacked<FloatCompare, float>>(instruction, ref op),
        Mnemonic.Cmppd => Vector<FloatPacked<FloatCompare, double>>(instruction, ref op),
        Mnemonic.Cmpss => Vector<FloatScalar<FloatCompare, float>>(instruction, ref op),
        Mnemonic.Cmpsd => Vector<FloatScalar<FloatCompare, double>>(instruction, ref op),
        Mnemonic.Comiss => SetFlags<float>(instruction, ref op, isSignaling: true),
        Mnemonic.Comisd => SetFlags<double>(instruction, ref op, isSignaling: true),
        Mnemonic.Ucomiss => SetFlags<float>(instruction, ref op, isSignaling: false),
        Mnemonic.Ucomisd => SetFlags<double>(instruction, ref op, isSignaling: false),
        Mnemonic.Rcpps => Packed<ApproximatePacked<ApproximateReciprocal>>(instruction, ref op),
        Mnemonic.Rcpss => Vector<ApproximateScalar<ApproximateReciprocal>>(instruction, ref op),
        Mnemonic.Rsqrtps => Packed<ApproximatePacked<ApproximateReciprocalSquareRoot>>(instruction, ref op),
        Mnemonic.Rsqrtss => Vector<ApproximateScalar<ApproximateReciprocalSquareRoot>>(instruction, ref op),
        _ => false,
    };

    private static bool TryTranslateFloatConversion(in Instruction instruction, ref MicroOp op)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Cvtss2sd:
                return Vector<ConvertElement<float, double>>(instruction, ref op);
            case Mnemonic.Cvtsd2ss:
                return Vector<ConvertElement<double, float>>(instruction, ref op);
            case Mnemonic.Cvtsi2ss:
                return IsLong(instruction)
                    ? FromGeneral<ConvertFromInteger<long, float>>(instruction, ref op)
                    : FromGeneral<ConvertFromInteger<int, float>>(instruction, ref op);
            case Mnemonic.Cvtsi2sd:
                return IsLong(instruction)
                    ? FromGeneral<ConvertFromInteger<long, double>>(instruction, ref op)
                    : FromGeneral<ConvertFromInteger<int, double>>(instruction, ref op);
            case Mnemonic.Cvtss2si or Mnemonic.Cvttss2si:
                return ToInteger<float>(instruction, ref op, truncates: instruction.Mnemonic == Mnemonic.Cvttss2si);
            case Mnemonic.Cvtsd2si or Mnemonic.Cvttsd2si:
                return ToInteger<double>(instruction, ref op, truncates: instruction.Mnemonic == Mnemonic.Cvttsd2si);
            case Mnemonic.Cvtps2pd:
                return Vector<ConvertVector<SinglesToDoubles, ulong>>(instruction, ref op);
            case Mnemonic.Cvtpd2ps:
                return Vector<ConvertVector<DoublesToSingles, Vector128<byte>>>(instruction, ref op);
            case Mnemonic.Cvtdq2ps:
                return Vector<ConvertVector<IntegersToSingles, Vector128<byte>>>(instruction, ref op);
            case Mnemonic.Cvtdq2pd:
                return Vector<ConvertVector<IntegersToDoubles, ulong>>(instruction, ref op);
            case Mnemonic.Cvtps2dq or Mnemonic.Cvttps2dq:
                op.Extra = instruction.Mnemonic == Mnemonic.Cvttps2dq ? (byte)1 : (byte)0;
                return Vector<ConvertVector<SinglesToIntegers, Vector128<byte>>>(instruction, ref op);
            case Mnemonic.Cvtpd2dq or Mnemonic.Cvttpd2dq:
                op.Extra = instruction.Mnemonic == Mnemonic.Cvttpd2dq ? (byte)1 : (byte)0;
                return Vector<ConvertVector<DoublesToIntegers, Vector128<byte>>>(instruction, ref op);
            default:
                return false;
        }
    }

    private static bool TryTranslateFpuState(in Instruction instruction, ref MicroOp op)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Ldmxcsr:
                op.Handler = &FpuStateInstructions.LoadMxcsr;
                return true;
            case Mnemonic.Stmxcsr:
                op.Handler = &FpuStateInstructions.StoreMxcsr;
                return true;
            case Mnemonic.Fxsave or Mnemonic.Fxsave64:
                op.Extra = instruction.Mnemonic == Mnemonic.Fxsave64 ? (byte)1 : (byte)0;
                op.Handler = &FpuStateInstructions.Save;
                return true;
            case Mnemonic.Fxrstor or Mnemonic.Fxrstor64:
                op.Extra = instruction.Mnemonic == Mnemonic.Fxrstor64 ? (byte)1 : (byte)0;
                op.Handler = &FpuStateInstructions.Restore;
                return true;
            case Mnemonic.Wait:
                op.Handler = &FpuStateInstructions.Wait;
                return true;
            case Mnemonic.Fninit:
                op.Handler = &FpuStateInstructions.Initialize;
                return true;
            case Mnemonic.Fnclex:
                op.Handler = &FpuStateInstructions.ClearExceptions;
                return true;
            case Mnemonic.Fldcw:
                op.Handler = &FpuStateInstructions.LoadControlWord;
                return true;
            case Mnemonic.Fnstcw:
                op.Handler = &FpuStateInstructions.StoreControlWord;
                return true;
            case Mnemonic.Fnstsw when instruction.Op0Kind == OpKind.Memory:
                op.Handler = &FpuStateInstructions.StoreStatusWord;
                return true;
            case Mnemonic.Fnstsw:
                op.Destination = OffsetOf(instruction.Op0Register);
                op.Handler = &FpuStateInstructions.StatusWordToRegister;
                return true;
            default:
                return false;
        }
    }

    private static bool IsLong(in Instruction instruction)
        => instruction.Op1Kind == OpKind.Memory ? instruction.MemorySize.GetSize() == 8 : instruction.Op1Register.GetSize() == 8;

    private static bool SetFlags<T>(in Instruction instruction, ref MicroOp op, bool isSignaling)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        op.Extra = isSignaling ? (byte)1 : (byte)0;
        return Vector<FloatSetFlags<T>>(instruction, ref op);
    }

    private static bool ToInteger<T>(in Instruction instruction, ref MicroOp op, bool truncates) where T : unmanaged
    {
        op.Extra = truncates ? (byte)1 : (byte)0;
        op.Destination = OffsetOf(instruction.Op0Register);
        return instruction.Op0Register.GetSize() == 8
            ? Source<ConvertToInteger<T, Size64>>(instruction, ref op)
            : Source<ConvertToInteger<T, Size32>>(instruction, ref op);
    }
}
