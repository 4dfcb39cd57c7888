using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>The forms that are compared, and why others are not.</summary>
internal static class InstructionForms
{
    // What /proc/cpuinfo calls the features that not every x86-64 processor has.
    private static readonly Dictionary<CpuidFeature, string> HostFlags = new()
    {
        [CpuidFeature.CMPXCHG16B] = "cx16",
        [CpuidFeature.SSE3] = "pni",
        [CpuidFeature.SSSE3] = "ssse3",
        [CpuidFeature.SSE4_1] = "sse4_1",
        [CpuidFeature.SSE4_2] = "sse4_2",
        [CpuidFeature.POPCNT] = "popcnt",
        [CpuidFeature.LZCNT] = "abm",
        [CpuidFeature.BMI1] = "bmi1",
        [CpuidFeature.MOVBE] = "movbe",
        [CpuidFeature.PREFETCHW] = "3dnowprefetch",
        [CpuidFeature.CLFLUSHOPT] = "clflushopt",
        [CpuidFeature.CLWB] = "clwb",
        [CpuidFeature.FSGSBASE] = "fsgsbase",
        [CpuidFeature.ADX] = "adx",
        [CpuidFeature.AES] = "aes",
        [CpuidFeature.PCLMULQDQ] = "pclmulqdq",
    };

    // What all 64-bit code may use.
    private static readonly HashSet<CpuidFeature> Baseline =
    [
        CpuidFeature.INTEL8086, CpuidFeature.INTEL186, CpuidFeature.INTEL286, CpuidFeature.INTEL386, CpuidFeature.INTEL486,
        CpuidFeature.X64, CpuidFeature.MULTIBYTENOP, CpuidFeature.PAUSE, CpuidFeature.CET_IBT, CpuidFeature.MSR,
        CpuidFeature.SYSCALL,
    ];

    // Of the x87 only what programs need to set it up.
    private static readonly HashSet<Code> Controls =
    [
        Code.Fninit, Code.Fnclex, Code.Fldcw_m2byte, Code.Fnstcw_m2byte, Code.Fnstsw_m2byte, Code.Fnstsw_AX,
    ];

    private static readonly HashSet<CpuidFeature> Announced = AnnouncedFeatures.Of(Machines.Software);

    private static readonly Lazy<HashSet<string>> HostHas = new(ReadHostFlags);

    /// <summary>The forms that the engine has and that can be compared on this host.</summary>
    public static IReadOnlyList<InstructionForm> All { get; } =
    [
        .. Candidates().Where(code => ReasonAgainst(code) is null).Select(code => new InstructionForm(code)),
    ];

    /// <summary>The forms that the engine has and that are not compared, with the reasons.</summary>
    public static IReadOnlyDictionary<Code, string> NotCompared { get; } = Candidates()
        .Select(code => (code, Reason: ReasonAgainst(code)))
        .Where(item => item.Reason is not null)
        .ToDictionary(item => item.code, item => item.Reason!);

    /// <summary>Why a form is never run without a fault, or null.</summary>
    public static string? AlwaysFaultsBecause(InstructionForm form) => form.Code switch
    {
        _ when form.IsPrivileged => "It is the kernel's.",
        Code.Ud0_r16_rm16 or Code.Ud0_r32_rm32 or Code.Ud0_r64_rm64 or Code.Ud1_r16_rm16 or Code.Ud1_r32_rm32
            or Code.Ud1_r64_rm64 or Code.Ud2 => "It is undefined on purpose.",
        Code.Int_imm8 => "No user's program may call a gate of the kernel's.",
        _ => null,
    };

    private static IEnumerable<Code> Candidates() => Enum.GetValues<Code>().Where(IsCandidate);

    private static bool IsCandidate(Code code)
    {
        OpCodeInfo info = code.ToOpCode();
        return info.IsInstruction && info.Mode64 && info.Encoding == EncodingKind.Legacy
            && (code.CpuidFeatures().All(feature => Baseline.Contains(feature) || Announced.Contains(feature))
                || Controls.Contains(code))
            && info.IntelDecoder64 && info.AmdDecoder64;
    }

    private static string? ReasonAgainst(Code code)
    {
        OpCodeInfo info = code.ToOpCode();
        foreach (CpuidFeature feature in code.CpuidFeatures())
        {
            if (HostFlags.TryGetValue(feature, out string? flag) && !HostHas.Value.Contains(flag))
                return $"This processor has no {feature}.";
        }

        if (!info.IntelDecoder64 || !info.AmdDecoder64)
            return "Processors of different makers decode it in different ways.";
        if (UsesMmx(info))
            return "MMX registers are not compared.";
        if (info.IsReservedNop)
            return "What it does depends on the processor's age.";

        return code.Mnemonic() switch
        {
            Mnemonic.Syscall or Mnemonic.Sysenter => "It calls the host's kernel.",
            Mnemonic.Cpuid or Mnemonic.Rdtsc or Mnemonic.Rdtscp or Mnemonic.Rdpmc or Mnemonic.Rdrand or Mnemonic.Rdseed
                or Mnemonic.Xgetbv => "Its result is the host's own.",
            Mnemonic.Sgdt or Mnemonic.Sidt or Mnemonic.Sldt or Mnemonic.Str or Mnemonic.Smsw or Mnemonic.Lar or Mnemonic.Lsl
                or Mnemonic.Verr or Mnemonic.Verw => "It shows the host's descriptor tables and registers.",
            Mnemonic.Lss or Mnemonic.Lfs or Mnemonic.Lgs or Mnemonic.Retf or Mnemonic.Iret or Mnemonic.Iretd or Mnemonic.Iretq
                => "It loads a selector from the host's descriptor tables.",
            Mnemonic.Int1 or Mnemonic.Int3 => "It is what ends a case.",
            Mnemonic.Wrfsbase or Mnemonic.Wrgsbase => "The bases are those of the layout.",
            Mnemonic.Call or Mnemonic.Jmp when IsFar(info) => "It loads a selector from the host's descriptor tables.",
            Mnemonic.Mov when info.Op0Kind == OpCodeOperandKind.seg_reg
                => "It loads a selector from the host's descriptor tables.",
            Mnemonic.Pop when info.Op0Kind is OpCodeOperandKind.fs or OpCodeOperandKind.gs
                => "It loads a selector from the host's descriptor tables.",
            Mnemonic.Movsxd when info.OperandSize == 16 => "How many bytes it reads depends on the maker.",
            Mnemonic.Bswap when info.OperandSize == 16 => "Its result is undefined.",
            _ => null,
        };
    }

    private static bool IsFar(OpCodeInfo info)
        => info.Code is Code.Call_m1616 or Code.Call_m1632 or Code.Call_m1664
            or Code.Jmp_m1616 or Code.Jmp_m1632 or Code.Jmp_m1664;

    private static bool UsesMmx(OpCodeInfo info)
        => Enumerable.Range(0, info.OpCount).Select(info.GetOpKind)
            .Any(kind => kind is OpCodeOperandKind.mm_or_mem or OpCodeOperandKind.mm_reg or OpCodeOperandKind.mm_rm);

    private static HashSet<string> ReadHostFlags()
    {
        const string CpuInfo = "/proc/cpuinfo";
        if (!File.Exists(CpuInfo))
            return [];

        string? flags = File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal));
        return flags is null ? [] : [.. flags[(flags.IndexOf(':') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }
}
