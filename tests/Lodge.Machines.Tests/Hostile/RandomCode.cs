using System.Globalization;
using Xunit;

namespace Lodge.Machines.Tests;

/// <summary>Runs random code: what comes of one seed is some cases in one guest, in which each case may have changed
/// everything.</summary>
internal sealed class RandomCode
{
    /// <summary>How many instructions a case may execute.</summary>
    public const ulong MostInstructions = 50_000;

    private const int MostExits = 200;
    private const int CasesPerSeed = 20;
    private const int MostCodeBytes = 200;

    private static readonly string[] Images = [.. BarePrograms.All.SelectMany(program => program.Images)];

    // Where something is, where nothing is, where one ends and the other begins, and what is special.
    private static readonly ulong[] Addresses =
    [
        0, BareLayout.Gdt, BareLayout.Idt, BareLayout.TaskState, BareLayout.PageTables, BareLayout.StackTop, BareLayout.Image,
        HostileLayout.Scratch, HostileLayout.Hole, HostileLayout.Hole + HostileLayout.HoleBytes, HostileLayout.FarHole,
        HostileLayout.Rom, HostileLayout.Rom + HostileLayout.RomBytes, HostileLayout.NoExecuteAlias, HostileLayout.ReadOnlyAlias,
        HostileLayout.ImageAlias, HostileLayout.DataOnly, HostileLayout.Void, HostileLayout.NonCanonical, 0x0000_7FFF_FFFF_F000,
        0xFFFF_8000_0000_0000, ulong.MaxValue, long.MaxValue,
    ];

    private int _cases;

    /// <summary>The seed that runs.</summary>
    public int Seed { get; private set; }

    /// <summary>How many cases have ended.</summary>
    public int Cases => Volatile.Read(ref _cases);

    /// <summary>How often each kind of exit ended a case.</summary>
    public Dictionary<VmExitKind, int> Ends { get; } = [];

    /// <summary>Runs the cases of a seed; throws where something is as it must not be.</summary>
    public void Run(int seed)
    {
        Seed = seed;
        var random = new Random(seed);
        using var guest = new HostileGuest(
            random.Next(2) == 0 ? TestEngines.Interpreted : TestEngines.Compiled,
            new BareGuestOptions { Ring = random.Next(4) == 0 ? 3 : 0, UsesInterruptStack = random.Next(2) == 0 });
        for (int i = 0; i < CasesPerSeed; i++)
        {
            RunCase(guest, random);
            Volatile.Write(ref _cases, _cases + 1);
        }

        guest.AssertHostIsUnchanged();
    }

    private void RunCase(HostileGuest guest, Random random)
    {
        bool isProgram = random.Next(2) == 0;
        byte[] code = isProgram ? Mutated(random) : Bytes(random);
        guest.Guest.Start(code, (ulong)random.Next(1, 100), (ulong)random.Next(1, 10), (ulong)random.Next(1, 6));
        var cpu = (SoftwareCpu)guest.Guest.Cpu;
        if (!isProgram)
            cpu.Registers = RandomRegisters(random);

        ulong before = cpu.InstructionsExecuted;
        cpu.InstructionLimit = before + MostInstructions;
        VmExit end = RunToEnd(cpu, random);
        ulong executed = cpu.InstructionsExecuted - before;
        Assert.True(
            executed <= MostInstructions,
            $"{executed} instructions were executed, and {MostInstructions} allowed: {end}, {(isProgram ? "program" : "bytes")}, "
                + $"ring {guest.Guest.Options.Ring}, {((SoftwareEngine)guest.Engine).Options}, {cpu.Registers}");
        Assert.NotEqual(VmExitKind.Cancelled, end.Kind);
        Ends[end.Kind] = Ends.GetValueOrDefault(end.Kind) + 1;
    }

    private static VmExit RunToEnd(SoftwareCpu cpu, Random random)
    {
        for (int exits = 1; ; exits++)
        {
            VmExit exit = cpu.Run();
            switch (exit.Kind)
            {
                case VmExitKind.PortIn or VmExitKind.MmioRead when random.Next(8) != 0:
                    cpu.Answer((ulong)random.NextInt64());
                    break;

                case VmExitKind.PortIn or VmExitKind.PortOut or VmExitKind.MmioRead or VmExitKind.MmioWrite:
                    cpu.TryInterrupt((byte)random.Next(16, 256));
                    break;

                default:
                    return exit;
            }

            if (exits == MostExits)
                return exit;
        }
    }

    private static byte[] Bytes(Random random)
    {
        byte[] code = new byte[random.Next(1, MostCodeBytes)];
        random.NextBytes(code);
        return code;
    }

    // A program of which some bytes are others, as a rule in the code it really runs.
    private static byte[] Mutated(Random random)
    {
        byte[] code = BareImages.Load(Images[random.Next(Images.Length)]);
        for (int changes = random.Next(1, 12); changes > 0; changes--)
        {
            int at = random.Next(code.Length);
            switch (random.Next(4))
            {
                case 0:
                    code[at] ^= (byte)(1 << random.Next(8));
                    break;

                case 1:
                    code[at] = (byte)random.Next(256);
                    break;

                case 2:
                    random.NextBytes(code.AsSpan(at, Math.Min(random.Next(8), code.Length - at)));
                    break;

                default:
                    int length = Math.Min(random.Next(32), code.Length - at);
                    code.AsSpan(random.Next(code.Length - length), length).CopyTo(code.AsSpan(at));
                    break;
            }
        }

        return code;
    }

    private static GeneralRegisters RandomRegisters(Random random) => new()
    {
        Rax = Value(random),
        Rbx = Value(random),
        Rcx = Value(random),
        Rdx = Value(random),
        Rsi = Value(random),
        Rdi = Value(random),
        Rbp = Value(random),
        Rsp = random.Next(3) == 0 ? Value(random) : BareLayout.StackTop,
        R8 = Value(random),
        R9 = Value(random),
        R10 = Value(random),
        R11 = Value(random),
        R12 = Value(random),
        R13 = Value(random),
        R14 = Value(random),
        R15 = Value(random),
        Rip = BareLayout.Image,
        Rflags = (ulong)random.Next(1 << 22),
    };

    private static ulong Value(Random random) => random.Next(4) switch
    {
        0 => (ulong)random.Next(0, 0x100),
        1 => (ulong)random.NextInt64() << random.Next(64),
        _ => Addresses[random.Next(Addresses.Length)] + (ulong)random.Next(-16, 16),
    };

    public override string ToString()
        => string.Join(", ", Ends.OrderBy(end => end.Key).Select(
            end => string.Create(CultureInfo.InvariantCulture, $"{end.Key} {end.Value}")));
}
