using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>What CPUID says in a machine: the instructions that a guest will use because of it.</summary>
internal static class AnnouncedFeatures
{
    private const uint Features = 1;
    private const uint StructuredFeatures = 7;
    private const uint ExtendedFeatures = 0x8000_0001;

    // By leaf, the register that has it, and the bit (Intel SDM, volume 2, CPUID).
    private static readonly (CpuidFeature Feature, uint Leaf, Register Register, int Bit)[] Bits =
    [
        (CpuidFeature.CX8, Features, Register.RDX, 8),
        (CpuidFeature.CMOV, Features, Register.RDX, 15),
        (CpuidFeature.CLFSH, Features, Register.RDX, 19),
        (CpuidFeature.FXSR, Features, Register.RDX, 24),
        (CpuidFeature.SSE, Features, Register.RDX, 25),
        (CpuidFeature.SSE2, Features, Register.RDX, 26),
        (CpuidFeature.SSE3, Features, Register.RCX, 0),
        (CpuidFeature.SSSE3, Features, Register.RCX, 9),
        (CpuidFeature.CMPXCHG16B, Features, Register.RCX, 13),
        (CpuidFeature.SSE4_1, Features, Register.RCX, 19),
        (CpuidFeature.SSE4_2, Features, Register.RCX, 20),
        (CpuidFeature.MOVBE, Features, Register.RCX, 22),
        (CpuidFeature.POPCNT, Features, Register.RCX, 23),
        (CpuidFeature.FSGSBASE, StructuredFeatures, Register.RBX, 0),
        (CpuidFeature.BMI1, StructuredFeatures, Register.RBX, 3),
        (CpuidFeature.ADX, StructuredFeatures, Register.RBX, 19),
        (CpuidFeature.CLFLUSHOPT, StructuredFeatures, Register.RBX, 23),
        (CpuidFeature.CLWB, StructuredFeatures, Register.RBX, 24),
        (CpuidFeature.LZCNT, ExtendedFeatures, Register.RCX, 5),
        (CpuidFeature.PREFETCHW, ExtendedFeatures, Register.RCX, 8),
    ];

    /// <summary>Asks an engine's machine.</summary>
    public static HashSet<CpuidFeature> Of(IMachineEngine engine)
    {
        using var machine = new MachineProcessor(engine);
        return
        [
            .. Bits.GroupBy(bit => bit.Leaf)
                .Select(group => (Bits: group, Answer: Ask(machine, group.Key)))
                .SelectMany(item => item.Bits.Where(bit => (item.Answer[bit.Register] >> bit.Bit & 1) != 0))
                .Select(bit => bit.Feature),
        ];
    }

    private static ProcessorState Ask(MachineProcessor machine, uint leaf)
    {
        byte[] code = [0x0F, 0xA2];
        var start = new ProcessorState { Rip = SiliconLayout.CodeStart };
        start[Register.RAX] = leaf;
        CaseOutcome outcome = machine.Run(new SiliconCase
        {
            Code = code,
            CodeOffset = 0,
            Start = start,
            Instructions = [FormEncoder.Decode(code, start.Rip)],
        });
        return outcome.Faulted
            ? throw new InvalidOperationException($"cpuid raised the exception {outcome.Vector}.")
            : outcome.End;
    }
}
