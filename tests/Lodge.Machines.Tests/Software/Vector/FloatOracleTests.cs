using Iced.Intel;
using Xunit;

namespace Lodge.Machines.Tests;

/// <summary>Results and MXCSR against the host's own instructions, in all modes.</summary>
public sealed class FloatOracleTests
{
    private const int Seed = 1907;
    private const int SimdException = 19;
    private const int ArithmeticFlags = 0x8D5;

    private enum Operands
    {
        Singles,
        Doubles,
        Integers,
    }

    public static string? MissingReason => Toolchain.MissingReason;

    public static bool HasToolchain => MissingReason is null;

    [Fact(Skip = "The host has no x86-64 Linux with gcc.", SkipUnless = nameof(HasToolchain))]
    public void Arithmetic_InAllModes_GivesWhatTheHostGives() => Check(
        Operands.Singles,
        Operands.Singles,
        Binary(
            Code.Addps_xmm_xmmm128, Code.Addss_xmm_xmmm32, Code.Subps_xmm_xmmm128, Code.Subss_xmm_xmmm32, Code.Mulps_xmm_xmmm128,
            Code.Mulss_xmm_xmmm32, Code.Divps_xmm_xmmm128, Code.Divss_xmm_xmmm32, Code.Sqrtps_xmm_xmmm128, Code.Sqrtss_xmm_xmmm32,
            Code.Minps_xmm_xmmm128, Code.Minss_xmm_xmmm32, Code.Maxps_xmm_xmmm128, Code.Maxss_xmm_xmmm32));

    [Fact(Skip = "The host has no x86-64 Linux with gcc.", SkipUnless = nameof(HasToolchain))]
    public void ArithmeticOfDoubles_InAllModes_GivesWhatTheHostGives() => Check(
        Operands.Doubles,
        Operands.Doubles,
        Binary(
            Code.Addpd_xmm_xmmm128, Code.Addsd_xmm_xmmm64, Code.Subpd_xmm_xmmm128, Code.Subsd_xmm_xmmm64, Code.Mulpd_xmm_xmmm128,
            Code.Mulsd_xmm_xmmm64, Code.Divpd_xmm_xmmm128, Code.Divsd_xmm_xmmm64, Code.Sqrtpd_xmm_xmmm128, Code.Sqrtsd_xmm_xmmm64,
            Code.Minpd_xmm_xmmm128, Code.Minsd_xmm_xmmm64, Code.Maxpd_xmm_xmmm128, Code.Maxsd_xmm_xmmm64));

    [Fact(Skip = "The host has no x86-64 Linux with gcc.", SkipUnless = nameof(HasToolchain))]
    public void Comparisons_InAllModes_GiveWhatTheHostGives()
    {
        Check(
            Operands.Singles,
            Operands.Singles,
            [
                .. Predicates(Code.Cmpps_xmm_xmmm128_imm8),
                .. Predicates(Code.Cmpss_xmm_xmmm32_imm8),
                .. Flags(Code.Comiss_xmm_xmmm32, Code.Ucomiss_xmm_xmmm32),
            ]);
        Check(
            Operands.Doubles,
            Operands.Doubles,
            [
                .. Predicates(Code.Cmppd_xmm_xmmm128_imm8),
                .. Predicates(Code.Cmpsd_xmm_xmmm64_imm8),
                .. Flags(Code.Comisd_xmm_xmmm64, Code.Ucomisd_xmm_xmmm64),
            ]);
    }

    [Fact(Skip = "The host has no x86-64 Linux with gcc.", SkipUnless = nameof(HasToolchain))]
    public void Conversions_InAllModes_GiveWhatTheHostGives()
    {
        Check(
            Operands.Doubles,
            Operands.Singles,
            [
                .. Binary(
                    Code.Cvtps2pd_xmm_xmmm64, Code.Cvtss2sd_xmm_xmmm32, Code.Cvtps2dq_xmm_xmmm128, Code.Cvttps2dq_xmm_xmmm128),
                .. ToGeneral(
                    Code.Cvtss2si_r32_xmmm32, Code.Cvtss2si_r64_xmmm32, Code.Cvttss2si_r32_xmmm32, Code.Cvttss2si_r64_xmmm32),
            ]);
        Check(
            Operands.Singles,
            Operands.Doubles,
            [
                .. Binary(
                    Code.Cvtpd2ps_xmm_xmmm128, Code.Cvtsd2ss_xmm_xmmm64, Code.Cvtpd2dq_xmm_xmmm128, Code.Cvttpd2dq_xmm_xmmm128),
                .. ToGeneral(
                    Code.Cvtsd2si_r32_xmmm64, Code.Cvtsd2si_r64_xmmm64, Code.Cvttsd2si_r32_xmmm64, Code.Cvttsd2si_r64_xmmm64),
            ]);
        Check(
            Operands.Singles,
            Operands.Integers,
            [
                .. Binary(Code.Cvtdq2ps_xmm_xmmm128, Code.Cvtdq2pd_xmm_xmmm64),
                .. FromGeneral(Code.Cvtsi2ss_xmm_rm32, Code.Cvtsi2ss_xmm_rm64, Code.Cvtsi2sd_xmm_rm32, Code.Cvtsi2sd_xmm_rm64),
            ]);
    }

    [Fact(Skip = "The host has no x86-64 Linux with gcc.", SkipUnless = nameof(HasToolchain))]
    public void Approximations_GiveWhatTheHostGives() => Check(
        Operands.Singles,
        Operands.Singles,
        Binary(Code.Rcpps_xmm_xmmm128, Code.Rcpss_xmm_xmmm32, Code.Rsqrtps_xmm_xmmm128, Code.Rsqrtss_xmm_xmmm32));

    private static Instruction[][] Binary(params ReadOnlySpan<Code> codes)
    {
        var sequences = new List<Instruction[]>();
        foreach (Code code in codes)
            sequences.Add([Instruction.Create(code, Register.XMM0, Register.XMM1)]);

        return [.. sequences];
    }

    private static IEnumerable<Instruction[]> Predicates(Code code)
        => Enumerable.Range(0, 8).Select(
            predicate => new[] { Instruction.Create(code, Register.XMM0, Register.XMM1, predicate) });

    private static IEnumerable<Instruction[]> Flags(params IEnumerable<Code> codes) => codes.Select(code => new[]
    {
        Instruction.Create(code, Register.XMM0, Register.XMM1),
        Instruction.Create(Code.Pushfq),
        Instruction.Create(Code.Pop_r64, Register.RAX),
        Instruction.Create(Code.And_EAX_imm32, Register.EAX, ArithmeticFlags),
        Instruction.Create(Code.Movq_xmm_rm64, Register.XMM0, Register.RAX),
    });

    private static IEnumerable<Instruction[]> ToGeneral(params IEnumerable<Code> codes) => codes.Select(code => new[]
    {
        Instruction.Create(
            code,
            code is Code.Cvtss2si_r32_xmmm32 or Code.Cvttss2si_r32_xmmm32 or Code.Cvtsd2si_r32_xmmm64 or Code.Cvttsd2si_r32_xmmm64
                ? Register.EAX
                : Register.RAX,
            Register.XMM1),
        Instruction.Create(Code.Movq_xmm_rm64, Register.XMM0, Register.RAX),
    });

    private static IEnumerable<Instruction[]> FromGeneral(params IEnumerable<Code> codes) => codes.Select(code => new[]
    {
        Instruction.Create(Code.Movq_rm64_xmm, Register.RAX, Register.XMM1),
        Instruction.Create(
            code, Register.XMM0, code is Code.Cvtsi2ss_xmm_rm32 or Code.Cvtsi2sd_xmm_rm32 ? Register.EAX : Register.RAX),
    });

    private static void Check(Operands first, Operands second, Instruction[][] sequences)
    {
        int rounds = FloatOperands.Rounds(usual: 500);
        var random = new Random(Seed);
        var questions = new List<NativeSse.Question>();
        for (int sequence = 0; sequence < sequences.Length; sequence++)
        {
            for (int round = 0; round < rounds; round++)
                questions.Add(new NativeSse.Question(sequence, AnyMxcsr(random), Any(first, random), Any(second, random)));
        }

        using var native = new NativeSse(sequences);
        IReadOnlyList<NativeSse.Answer> answers = native.Ask(questions);
        SseGuest? guest = null;
        var wrong = new List<string>();
        for (int index = 0; index < questions.Count; index++)
        {
            NativeSse.Question question = questions[index];
            if (index % rounds == 0)
            {
                guest?.Dispose();
                guest = new SseGuest(sequences[question.Sequence]);
            }

            FpuRegisters state = FpuRegisters.Initial;
            state.Mxcsr = question.Mxcsr;
            state.Xmm[0] = question.A;
            state.Xmm[1] = question.B;
            guest!.State = state;
            int? vector = guest.Run();
            Assert.True(vector is null or SimdException, $"{sequences[question.Sequence][0]}: exception {vector}");
            var answer = new NativeSse.Answer(guest.State.Xmm[0], guest.State.Mxcsr, vector is null ? 0u : 1);
            if (answer != answers[index])
                wrong.Add(Describe(sequences[question.Sequence][0], question, answers[index], answer));
        }

        guest?.Dispose();
        Assert.True(
            wrong.Count == 0, $"{wrong.Count} of {questions.Count} differ (seed {Seed}):\n{string.Join('\n', wrong.Take(25))}");
    }

    private static string Describe(
        in Instruction instruction, NativeSse.Question question, NativeSse.Answer host, NativeSse.Answer software)
        => $"{instruction} MXCSR 0x{question.Mxcsr:x4}\n  of {question.A:x32}, {question.B:x32}\n"
            + $"  host     {host.Result:x32} 0x{host.Mxcsr:x4} {host.Trapped}\n"
            + $"  software {software.Result:x32} 0x{software.Mxcsr:x4} {software.Trapped}";

    private static UInt128 Any(Operands operands, Random random) => operands switch
    {
        Operands.Singles => FloatOperands.Singles4(random),
        Operands.Doubles => FloatOperands.Doubles2(random),
        _ => FloatOperands.Integers(random),
    };

    /// <summary>A third of them as programs have it, with and without inexactness flagged.</summary>
    private static uint AnyMxcsr(Random random)
    {
        const uint Precision = 0x20;
        const uint AllMasked = 0x1F80;
        uint sticky = random.Next(2) == 0 ? 0 : Precision;
        if (random.Next(3) == 0)
            return AllMasked | sticky;

        uint masks = random.Next(3) == 0 ? (uint)random.Next(64) << 7 : AllMasked;
        uint modes = (uint)(random.Next(4) << 13) | (random.Next(3) == 0 ? 0x40u : 0) | (random.Next(3) == 0 ? 0x8000u : 0);
        return masks | modes | sticky;
    }
}
