using System.Runtime.Intrinsics;
using Iced.Intel;
using Xunit;

namespace Lodge.Machines.Tests;

/// <summary>Rules of SSE that are easily got wrong, one by one (Intel SDM, volume 1, 4.8, 11.5 and volume 2).</summary>
public sealed class FloatRulesTests
{
    private const int InvalidOpcode = 6;
    private const int GeneralProtection = 13;
    private const int SimdException = 19;
    private const uint AllMasked = 0x1F80;
    private const uint Invalid = 1;
    private const uint Denormal = 2;
    private const uint DivideByZero = 4;
    private const uint Overflow = 8;
    private const uint Underflow = 0x10;
    private const uint Precision = 0x20;
    private const uint DenormalsAreZero = 0x40;
    private const uint FlushToZero = 0x8000;
    private const int MaskShift = 7;

    private const uint QuietNaN = 0x7FC0_1234;
    private const uint OtherNaN = 0xFFC0_5678;
    private const uint SignalingNaN = 0x7F80_0042;
    private const uint Indefinite = 0xFFC0_0000;

    private static readonly uint One = Bits(1);
    private static readonly uint Tiny = Bits(float.Epsilon);

    private static readonly Vector128<byte> Upper = Vector128.Create(0u, 7, 8, 9).AsByte();

    [Theory]
    [InlineData(QuietNaN, OtherNaN, QuietNaN, 0)]
    [InlineData(QuietNaN, SignalingNaN, QuietNaN, Invalid)]
    [InlineData(SignalingNaN, QuietNaN, 0x7FC0_0042, Invalid)]
    [InlineData(0x3F80_0000, OtherNaN, OtherNaN, 0)]
    [InlineData(0x7F80_0000, 0xFF80_0000, Indefinite, Invalid)]
    public void Addition_OfNaNs_GivesTheFirstQuieted(uint a, uint b, uint expected, uint flags)
        => Assert.Equal((expected, flags), Run(Code.Addss_xmm_xmmm32, a, b));

    [Theory]
    [InlineData(Code.Minss_xmm_xmmm32)]
    [InlineData(Code.Maxss_xmm_xmmm32)]
    public void MinimumAndMaximum_OfANaNOrOfZeros_GiveTheSecondAsItIs(Code code)
    {
        Assert.Equal((One, Invalid), Run(code, QuietNaN, One));
        Assert.Equal((QuietNaN, Invalid), Run(code, One, QuietNaN));
        Assert.Equal((SignalingNaN, Invalid), Run(code, One, SignalingNaN));
        Assert.Equal((Bits(-0f), 0u), Run(code, 0, Bits(-0f)));
        Assert.Equal((0u, 0u), Run(code, Bits(-0f), 0));
    }

    [Theory]
    [InlineData(Code.Divss_xmm_xmmm32, 0x3F80_0000, 0x8000_0000, 0xFF80_0000, DivideByZero)]
    [InlineData(Code.Divss_xmm_xmmm32, 0, 0, Indefinite, Invalid)]
    [InlineData(Code.Divss_xmm_xmmm32, 0x3F80_0000, 0x4040_0000, 0x3EAA_AAAB, Precision)]
    [InlineData(Code.Divss_xmm_xmmm32, 0x4040_0000, 0x4000_0000, 0x3FC0_0000, 0)]
    [InlineData(Code.Mulss_xmm_xmmm32, 0x7F80_0000, 0, Indefinite, Invalid)]
    [InlineData(Code.Mulss_xmm_xmmm32, 0x7F7F_FFFF, 0x4000_0000, 0x7F80_0000, Overflow | Precision)]
    [InlineData(Code.Mulss_xmm_xmmm32, 0x0080_0000, 0x3F00_0000, 0x0040_0000, 0)]
    [InlineData(Code.Mulss_xmm_xmmm32, 0x0080_0001, 0x3F00_0000, 0x0040_0000, Underflow | Precision)]
    [InlineData(Code.Sqrtss_xmm_xmmm32, 0, 0xBF80_0000, Indefinite, Invalid)]
    [InlineData(Code.Sqrtss_xmm_xmmm32, 0, 0x8000_0000, 0x8000_0000, 0)]
    [InlineData(Code.Sqrtss_xmm_xmmm32, 0, 0x4110_0000, 0x4040_0000, 0)]
    public void Arithmetic_FlagsWhatItFinds(Code code, uint a, uint b, uint expected, uint flags)
        => Assert.Equal((expected, flags), Run(code, a, b));

    [Fact]
    public void DenormalsAreZero_TakesThemForZeroWithoutAFlag()
    {
        Assert.Equal((Bits(1 + float.Epsilon), Denormal | Precision), Run(Code.Addss_xmm_xmmm32, One, Tiny));
        Assert.Equal((One, 0u), Run(Code.Addss_xmm_xmmm32, One, Tiny, AllMasked | DenormalsAreZero));
        Assert.Equal(
            (Bits(float.PositiveInfinity), DivideByZero), Run(Code.Divss_xmm_xmmm32, One, Tiny, AllMasked | DenormalsAreZero));
    }

    [Fact]
    public void FlushToZero_TakesTinyResultsForZeroAsLongAsUnderflowIsMasked()
    {
        uint smallest = Bits(1.17549435E-38f);
        uint half = Bits(0.5f);
        Assert.Equal((0u, Underflow | Precision), Run(Code.Mulss_xmm_xmmm32, smallest, half, AllMasked | FlushToZero));
        Assert.Equal(
            (Bits(-0f), Underflow | Precision), Run(Code.Mulss_xmm_xmmm32, smallest, Bits(-0.5f), AllMasked | FlushToZero));
        const uint Unmasked = (AllMasked & ~(Underflow << MaskShift)) | FlushToZero;
        Assert.Equal(SimdException, RunForException(Code.Mulss_xmm_xmmm32, smallest, half, Unmasked, out uint flags));
        Assert.Equal(Underflow, flags);
    }

    [Theory]
    [InlineData(0, 0x3EAA_AAAB)]
    [InlineData(1, 0x3EAA_AAAA)]
    [InlineData(2, 0x3EAA_AAAB)]
    [InlineData(3, 0x3EAA_AAAA)]
    public void Division_RoundsAsMxcsrSays(uint mode, uint expected)
        => Assert.Equal((expected, Precision), Run(Code.Divss_xmm_xmmm32, One, Bits(3), AllMasked | (mode << 13)));

    [Theory]
    [InlineData(Code.Divss_xmm_xmmm32, 0x3F80_0000, 0, DivideByZero)]
    [InlineData(Code.Addss_xmm_xmmm32, 0x3F80_0000, SignalingNaN, Invalid)]
    [InlineData(Code.Addss_xmm_xmmm32, 0x3F80_0000, 1, Denormal)]
    [InlineData(Code.Mulss_xmm_xmmm32, 0x7F7F_FFFF, 0x7F7F_FFFF, Overflow)]
    [InlineData(Code.Divss_xmm_xmmm32, 0x3F80_0000, 0x4040_0000, Precision)]
    [InlineData(Code.Cvtss2sd_xmm_xmmm32, 0, SignalingNaN, Invalid)]
    [InlineData(Code.Comiss_xmm_xmmm32, 0x3F80_0000, QuietNaN, Invalid)]
    public void AnExceptionThatIsNotMasked_IsRaisedAndChangesNothing(Code code, uint a, uint b, uint flag)
    {
        Assert.Equal(SimdException, RunForException(code, a, b, AllMasked & ~(flag << MaskShift), out uint flags));
        Assert.Equal(flag, flags & flag);
    }

    [Fact]
    public void AnExceptionThatIsNotMasked_IsAnInvalidOpcodeWhereTheSystemDoesNotKnowIt()
    {
        const ulong SimdExceptions = 1 << 10;
        using var guest = new SseGuest(Instruction.Create(Code.Divss_xmm_xmmm32, Register.XMM0, Register.XMM1));
        guest.Cpu.SystemRegisters = guest.Cpu.SystemRegisters with { Cr4 = guest.Cpu.SystemRegisters.Cr4 & ~SimdExceptions };
        guest[0] = Vector128.CreateScalar(One).AsByte();
        guest.State.Mxcsr = 0;

        Assert.Equal(InvalidOpcode, guest.Run());
        Assert.Equal(DivideByZero, guest.State.Mxcsr);
    }

    [Fact]
    public void APackedOperation_WithAnUnmaskedOperand_FlagsNoResults()
    {
        using var guest = new SseGuest(Instruction.Create(Code.Divps_xmm_xmmm128, Register.XMM0, Register.XMM1));
        guest[0] = Vector128.Create(1f, 1f, 0f, 1f).AsByte();
        guest[1] = Vector128.Create(3f, 0f, 0f, 1f).AsByte();
        guest.State.Mxcsr = AllMasked & ~(DivideByZero << MaskShift);

        Assert.Equal(SimdException, guest.Run());
        Assert.Equal((AllMasked & ~(DivideByZero << MaskShift)) | DivideByZero | Invalid, guest.State.Mxcsr);
    }

    [Theory]
    [InlineData(Code.Comiss_xmm_xmmm32, QuietNaN, 0x45, Invalid)]
    [InlineData(Code.Ucomiss_xmm_xmmm32, QuietNaN, 0x45, 0)]
    [InlineData(Code.Ucomiss_xmm_xmmm32, SignalingNaN, 0x45, Invalid)]
    [InlineData(Code.Comiss_xmm_xmmm32, 0x3F80_0000, 0x40, 0)]
    [InlineData(Code.Comiss_xmm_xmmm32, 0x4000_0000, 0x01, 0)]
    [InlineData(Code.Ucomiss_xmm_xmmm32, 0xBF80_0000, 0x00, 0)]
    [InlineData(Code.Ucomiss_xmm_xmmm32, 1, 0x00, Denormal)]
    public void Comparison_OfOneWithSomething_SetsFlags(Code code, uint b, ulong expected, uint flags)
    {
        const ulong Arithmetic = 0x8D5;
        using var guest = new SseGuest(Instruction.Create(code, Register.XMM0, Register.XMM1));
        guest[0] = Vector128.CreateScalar(One).AsByte();
        guest[1] = Vector128.CreateScalar(b).AsByte();
        guest.Registers.Rflags |= Arithmetic;

        Assert.Null(guest.Run());
        Assert.Equal(expected, guest.Registers.Rflags & Arithmetic);
        Assert.Equal(AllMasked | flags, guest.State.Mxcsr);
    }

    [Theory]
    [InlineData(2147483647.5, 0, 0x8000_0000, Invalid)]
    [InlineData(2147483647.5, 3, 0x7FFF_FFFF, Precision)]
    [InlineData(-2147483648.5, 0, 0x8000_0000, Precision)]
    [InlineData(-2147483649.0, 0, 0x8000_0000, Invalid)]
    [InlineData(2.5, 0, 2, Precision)]
    [InlineData(3.5, 0, 4, Precision)]
    [InlineData(-2.5, 1, 0xFFFF_FFFD, Precision)]
    [InlineData(2.5, 2, 3, Precision)]
    [InlineData(double.NaN, 0, 0x8000_0000, Invalid)]
    [InlineData(double.NegativeInfinity, 0, 0x8000_0000, Invalid)]
    [InlineData(7.0, 0, 7, 0)]
    public void ConversionToAnInteger_RoundsOrGivesTheIndefiniteOne(double value, uint mode, uint expected, uint flags)
    {
        using var guest = new SseGuest(Instruction.Create(Code.Cvtsd2si_r32_xmmm64, Register.EAX, Register.XMM1));
        guest[1] = Vector128.CreateScalar(value).AsByte();
        guest.Registers.Rax = ulong.MaxValue;
        guest.State.Mxcsr = AllMasked | (mode << 13);

        Assert.Null(guest.Run());
        Assert.Equal(expected, guest.Registers.Rax);
        Assert.Equal(flags, guest.State.Mxcsr & 0x3F);
    }

    [Fact]
    public void ScalarOperations_LeaveTheRestAndReadNoMoreThanTheirOperand()
    {
        using var guest = new SseGuest(Instruction.Create(Code.Addss_xmm_xmmm32, Register.XMM0, SseGuest.InMemory));

        // The last 4 bytes before a page that is not there.
        guest.Registers.Rbx = TinyGuest.RamBytes - 4;
        guest.Memory.Write(guest.Registers.Rbx, 2f);
        guest[0] = Upper.AsSingle().WithElement(0, 1f).AsByte();

        Assert.Null(guest.Run());
        Assert.Equal(Upper.AsSingle().WithElement(0, 3f).AsByte(), guest[0]);
    }

    [Theory]
    [InlineData(Code.Addps_xmm_xmmm128, GeneralProtection)]
    [InlineData(Code.Mulpd_xmm_xmmm128, GeneralProtection)]
    [InlineData(Code.Cvtpd2ps_xmm_xmmm128, GeneralProtection)]
    [InlineData(Code.Cvtps2pd_xmm_xmmm64, null)]
    [InlineData(Code.Addsd_xmm_xmmm64, null)]
    [InlineData(Code.Sqrtss_xmm_xmmm32, null)]
    public void MemoryOperands_OfWholeRegisters_HaveToBeAligned(Code code, int? expected)
    {
        using var guest = new SseGuest(Instruction.Create(code, Register.XMM0, SseGuest.InMemory));
        guest.Registers.Rbx += 4;
        Assert.Equal(expected, guest.Run());
    }

    [Fact]
    public void MemoryOperands_AreComputedWithAsRegistersAre()
    {
        foreach (Code code in new[]
        {
            Code.Addps_xmm_xmmm128, Code.Subpd_xmm_xmmm128, Code.Mulss_xmm_xmmm32, Code.Divsd_xmm_xmmm64, Code.Sqrtpd_xmm_xmmm128,
            Code.Minps_xmm_xmmm128, Code.Maxsd_xmm_xmmm64, Code.Cvtps2pd_xmm_xmmm64, Code.Cvtpd2ps_xmm_xmmm128,
            Code.Cvtss2sd_xmm_xmmm32, Code.Cvtsd2ss_xmm_xmmm64, Code.Cvtdq2pd_xmm_xmmm64, Code.Cvttpd2dq_xmm_xmmm128,
            Code.Cvtps2dq_xmm_xmmm128, Code.Rcpps_xmm_xmmm128, Code.Rsqrtss_xmm_xmmm32,
        })
        {
            using var registers = new SseGuest(Instruction.Create(code, Register.XMM0, Register.XMM1));
            using var memory = new SseGuest(Instruction.Create(code, Register.XMM0, SseGuest.InMemory));
            var random = new Random(11);
            for (int round = 0; round < 50; round++)
            {
                registers.State.Xmm[0] = memory.State.Xmm[0] = FloatOperands.Doubles2(random);
                UInt128 b = FloatOperands.Doubles2(random);
                registers.State.Xmm[1] = b;
                memory.Memory.Write(SseGuest.Operand, b);

                Assert.Null(registers.Run());
                Assert.Null(memory.Run());
                Assert.True(registers[0] == memory[0], $"{code} of {b:x}: {registers[0]} and {memory[0]}");
                Assert.Equal(registers.State.Mxcsr, memory.State.Mxcsr);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Approximations_WithoutAHostInstruction_AreNearEnough(int sign)
    {
        const double Promised = 1.5 / 4096;
        var random = new Random(5);
        for (int round = 0; round < 10_000; round++)
        {
            float value = sign * BitConverter.UInt32BitsToSingle((uint)random.Next(0x0080_0000, 0x7E00_0000));
            Assert.InRange(Approximations.Reciprocal(value) * (double)value, 1 - Promised, 1 + Promised);
            float root = Approximations.ReciprocalSquareRoot(value);
            if (sign > 0)
                Assert.InRange(root * Math.Sqrt(value), 1 - Promised, 1 + Promised);
            else
                Assert.Equal(Indefinite, Bits(root));
        }

        Assert.Equal(sign * float.PositiveInfinity, Approximations.Reciprocal(sign * 0f));
        Assert.Equal(sign * float.PositiveInfinity, Approximations.ReciprocalSquareRoot(sign * float.Epsilon));
        Assert.Equal(Bits(sign * 0f), Bits(Approximations.Reciprocal(sign * float.PositiveInfinity)));
        Assert.Equal(Bits(sign * 0f), Bits(Approximations.Reciprocal(sign * float.MaxValue)));
        Assert.Equal(
            SignalingNaN | 0x0040_0000, Bits(Approximations.Reciprocal(BitConverter.UInt32BitsToSingle(SignalingNaN))));
    }

    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);

    private static (uint Result, uint Flags) Run(Code code, uint a, uint b, uint mxcsr = AllMasked)
    {
        using var guest = new SseGuest(Instruction.Create(code, Register.XMM0, Register.XMM1));
        guest[0] = Upper.AsUInt32().WithElement(0, a).AsByte();
        guest[1] = Vector128.CreateScalar(b).AsByte();
        guest.State.Mxcsr = mxcsr;
        Assert.Null(guest.Run());
        uint result = guest[0].AsUInt32().ToScalar();
        Assert.Equal(Upper.AsUInt32().WithElement(0, result).AsByte(), guest[0]);
        return (result, guest.State.Mxcsr & 0x3F);
    }

    private static int? RunForException(Code code, uint a, uint b, uint mxcsr, out uint flags)
    {
        using var guest = new SseGuest(Instruction.Create(code, Register.XMM0, Register.XMM1));
        Vector128<byte> before = Upper.AsUInt32().WithElement(0, a).AsByte();
        guest[0] = before;
        guest[1] = Vector128.CreateScalar(b).AsByte();
        guest.State.Mxcsr = mxcsr;
        int? vector = guest.Run();
        Assert.Equal(before, guest[0]);
        flags = guest.State.Mxcsr & 0x3F;
        return vector;
    }
}
