using System.Globalization;

namespace Lodge.Machines;

/// <summary>A machine for one program: 64 KiB of memory, of which the first 2 MiB of addresses are mapped to themselves, a GDT,
/// and an IDT with one gate.</summary>
internal sealed class ProbeGuest : IDisposable
{
    public const ulong CodeAddress = 0x1000;
    public const ulong HandlerAddress = 0x1800;

    /// <summary>The port that programs write to, and where they read <see cref="PortValue"/>.</summary>
    public const ushort Port = 0x10;

    public const uint PortValue = 1000;

    /// <summary>What is at address 0.</summary>
    public const uint FirstWord = 0x1234;

    private const ulong RamBytes = 64 << 10;
    private const ulong GdtAddress = 0x2000;
    private const ulong TssAddress = 0x2100;
    private const ulong IdtAddress = 0x3000;
    private const ulong RootAddress = 0x4000;
    private const ulong StackTop = 0xF000;
    private const int MostExits = 100;

    private readonly TimeSpan _limit;
    private readonly MemoryRegion _ram;
    private readonly IVirtualMachine _machine;
    private readonly IVirtualCpu _cpu;

    public ProbeGuest(IMachineEngine engine, ProbeProgram program, TimeSpan limit)
    {
        _limit = limit;
        _machine = engine.CreateMachine();
        try
        {
            _ram = MemoryRegion.Anonymous(0, RamBytes, RegionOptions.Default with { Label = "probe" });
            try
            {
                _machine.Map(_ram);
                _cpu = _machine.CreateCpu();
            }
            catch
            {
                _ram.Dispose();
                throw;
            }
        }
        catch
        {
            _machine.Dispose();
            throw;
        }

        WriteTables();
        Load(program);
    }

    /// <summary>Puts a program into memory.</summary>
    public void Load(ProbeProgram program)
    {
        GuestMemory memory = _machine.Memory.Current;
        memory.WriteExactly(CodeAddress, program.Code);
        memory.WriteExactly(HandlerAddress, program.Handler);
        if (program.Handler.Length != 0)
        {
            // A present interrupt gate of ring 0 (Intel SDM, volume 3, 7.14.1).
            ulong gate = IdtAddress + ((ulong)program.Vector * 16);
            memory.Write(gate, HandlerAddress | (0x08UL << 16) | (0x8E00UL << 32));
            memory.Write(gate + 8, 0UL);
        }
    }

    /// <summary>Runs the program from its beginning.</summary>
    /// <param name="said">What it wrote to the port.</param>
    /// <returns>What went wrong, or nothing.</returns>
    public string? Run(out IReadOnlyList<uint> said)
    {
        var values = new List<uint>();
        said = values;
        try
        {
            _cpu.SystemRegisters = SystemRegisters.LongMode(RootAddress) with
            {
                Gdt = new DescriptorTable { Base = GdtAddress, Limit = 0x27 },
                Idt = new DescriptorTable { Base = IdtAddress, Limit = 0xFFF },
                Tr = SegmentRegister.TaskState64(0x18, TssAddress),
            };
            _cpu.Registers = new GeneralRegisters { Rip = CodeAddress, Rsp = StackTop, Rflags = GeneralRegisters.FixedFlags };
            using var timer = new Timer(cpu => ((IVirtualCpu)cpu!).Cancel(), _cpu, _limit, Timeout.InfiniteTimeSpan);
            return RunToHalt(values);
        }
        catch (MachineException e)
        {
            return e.Message.TrimEnd('.');
        }
    }

    public void Dispose()
    {
        _machine.Dispose();
        _ram.Dispose();
    }

    private string? RunToHalt(List<uint> values)
    {
        for (int i = 0; i < MostExits; i++)
        {
            VmExit exit = _cpu.Run();
            switch (exit.Kind)
            {
                case VmExitKind.PortIn when exit.Port == Port:
                    _cpu.Answer(PortValue);
                    break;
                case VmExitKind.PortOut when exit.Port == Port:
                    values.Add((uint)exit.Value);
                    break;
                case VmExitKind.Halt:
                    return null;
                case VmExitKind.Cancelled:
                    return string.Create(CultureInfo.InvariantCulture, $"did not end within {_limit.TotalMilliseconds} ms");
                default:
                    return exit.ToString();
            }
        }

        return $"did not end within {MostExits} exits";
    }

    // Code and data segments as SystemRegisters.LongMode has them, a task-state segment, and the tables: 0x4000 leads to 0x5000
    // leads to 0x6000, whose first entry is a page of 2 MiB.
    private void WriteTables()
    {
        GuestMemory memory = _machine.Memory.Current;
        memory.Write(0, FirstWord);
        memory.Write(GdtAddress + 0x08, 0x00AF_9B00_0000_FFFF);
        memory.Write(GdtAddress + 0x10, 0x00CF_9300_0000_FFFF);
        memory.Write(GdtAddress + 0x18, 0x0000_8B00_0000_0067 | (TssAddress << 16));
        memory.Write(RootAddress, RootAddress + 0x1003);
        memory.Write(RootAddress + 0x1000, RootAddress + 0x2003);
        memory.Write(RootAddress + 0x2000, 0x83UL);
    }
}
