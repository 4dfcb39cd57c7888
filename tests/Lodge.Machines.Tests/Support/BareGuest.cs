using System.Text;

namespace Lodge.Machines.Tests;

/// <summary>A machine with RAM, page tables that map it to itself, descriptor tables, and a program.</summary>
/// <remarks>Unexpected exceptions are reported and end a run. Not thread-safe.</remarks>
internal sealed class BareGuest : IDisposable
{
    /// <summary>How long a run may take where nothing else is said.</summary>
    public static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(60);

    private const ulong FlagInterrupt = 1 << 9;
    private const ushort IdtLimit = (GuestHandlers.Vectors * GuestDescriptors.GateBytes) - 1;
    private const int MostExits = 1_000_000;

    private static readonly GuestRange PortWindow = new(BareLayout.PortWindow, BareLayout.PortWindowBytes);

    private static readonly (byte[] Code, ulong[] Entries) Handlers = GuestHandlers.Assemble(BareLayout.Handlers);

    private readonly bool _ownsRam;

    public BareGuest(IMachineEngine engine, BareGuestOptions? options = null)
    {
        Options = options ?? BareGuestOptions.Default;
        Machine = engine.CreateMachine();
        _ownsRam = Options.Ram is null;
        Ram = Options.Ram ?? MemoryRegion.Anonymous(0, Options.RamBytes);
        Machine.Map(Ram);
        Memory = GuestMemory.Create(Ram);
        Tables = new PageTableEditor(
            Memory,
            PageTableFormat.X64FourLevels,
            new FrameAllocator(new GuestRange(BareLayout.PageTables, BareLayout.PageTableBytes)),
            new PageTableEditorOptions { LargestPageLevel = Options.LargestPageLevel });
        bool isUser = Options.IsUserMemory || Options.Ring == 3;
        PageAttributes = new PageAttributes(isUser ? PageRights.All : new PageRights(MemoryAccess.All, MemoryAccess.None));
        Tables.Map(Ram.Range, Ram.Start, PageAttributes);
        Tables.Map(PortWindow, PortWindow.Start, PageAttributes);
        WriteDescriptors();
        Cpu = Machine.CreateCpu();
    }

    public BareGuestOptions Options { get; }

    public IVirtualMachine Machine { get; }

    public IVirtualCpu Cpu { get; }

    public MemoryRegion Ram { get; }

    /// <summary>The RAM alone, for the host to read and write.</summary>
    public GuestMemory Memory { get; }

    public PageTableEditor Tables { get; }

    /// <summary>The attributes of the pages of RAM.</summary>
    public PageAttributes PageAttributes { get; }

    /// <summary>What to do at exits that no program makes; returns whether to go on. Without it they end the run.</summary>
    public Func<VmExit, bool>? OnOtherExit { get; set; }

    /// <summary>Loads a program and sets the registers so that it begins.</summary>
    public void Start(ReadOnlySpan<byte> image, ulong first = 0, ulong second = 0, ulong third = 0)
    {
        Memory.WriteExactly(BareLayout.Image, image);
        Restart(first, second, third);
    }

    /// <summary>Sets the registers so that the program that was loaded begins again.</summary>
    public void Restart(ulong first = 0, ulong second = 0, ulong third = 0)
    {
        Cpu.SystemRegisters = InitialSystemRegisters();
        Cpu.FpuRegisters = FpuRegisters.Initial;
        Cpu.Registers = new GeneralRegisters
        {
            Rip = BareLayout.Image,
            Rsp = BareLayout.StackTop,
            Rdi = first,
            Rsi = second,
            Rdx = third,
            Rflags = GeneralRegisters.FixedFlags,
        };
    }

    /// <summary>Runs until the program ends, or does what no program does, or time is up.</summary>
    public BareRun Run(TimeSpan? limit = null)
    {
        using var watchdog = new Watchdog(Cpu, limit ?? UsualLimit);
        var console = new StringBuilder();
        var report = new List<uint>();
        uint? low = null;
        ulong? result = null;
        bool isInterruptComing = false;
        for (int exits = 1; ; exits++)
        {
            VmExit exit = AsPort(Cpu.Run());
            bool goesOn = exits < MostExits;
            switch (exit.Kind)
            {
                case VmExitKind.PortOut when exit.Port == BarePorts.Console:
                    console.Append((char)(byte)exit.Value);
                    break;

                case VmExitKind.PortOut when exit.Port == BarePorts.ResultLow:
                    low = (uint)exit.Value;
                    break;

                case VmExitKind.PortOut when exit.Port == BarePorts.ResultHigh && low is not null:
                    result = low.Value | (exit.Value << 32);
                    break;

                case VmExitKind.PortOut when exit.Port == BarePorts.Exception && report.Count < GuestException.Values:
                    report.Add((uint)exit.Value);
                    break;

                case VmExitKind.PortOut when exit.Port == BarePorts.AskForInterrupt:
                    isInterruptComing = Cpu.TryInterrupt((byte)exit.Value);
                    goesOn &= isInterruptComing;
                    break;

                case VmExitKind.PortOut when exit.Port == BarePorts.Done:
                    goesOn = false;
                    break;

                case VmExitKind.Halt:
                    // A guest that sleeps with interrupts on wakes up once for each that was asked for.
                    goesOn &= isInterruptComing && (Cpu.Registers.Rflags & FlagInterrupt) != 0;
                    isInterruptComing = false;
                    break;

                default:
                    goesOn &= OnOtherExit?.Invoke(exit) == true;
                    break;
            }

            if (!goesOn)
            {
                GuestException? exception = report.Count == GuestException.Values
                    ? GuestException.FromReport([.. report])
                    : null;
                return new BareRun(exit, result, exception, console.ToString(), exits);
            }
        }
    }

    /// <summary>Where the handler is that reports a vector.</summary>
    public static ulong HandlerOf(int vector) => Handlers.Entries[vector];

    /// <summary>Sets a gate of the IDT.</summary>
    public void SetHandler(int vector, ulong address, int stack = 0, int ring = 0)
        => Memory.WriteExactly(
            BareLayout.Idt + (ulong)(vector * GuestDescriptors.GateBytes),
            GuestDescriptors.InterruptGate(address, stack, ring));

    public void Dispose()
    {
        Machine.Dispose();
        if (_ownsRam)
            Ram.Dispose();
    }

    /// <summary>The system registers that programs begin with.</summary>
    public SystemRegisters InitialSystemRegisters()
    {
        SystemRegisters registers = SystemRegisters.LongMode(Tables.Table.Root, Options.Ring);
        registers.Gdt = new DescriptorTable { Base = BareLayout.Gdt, Limit = 0x3F };
        registers.Idt = new DescriptorTable { Base = BareLayout.Idt, Limit = IdtLimit };
        registers.Tr = SegmentRegister.TaskState64(
            GuestDescriptors.TaskState, BareLayout.TaskState, GuestDescriptors.TaskStateLimit);
        if (Options.Ring == 3)
        {
            SegmentRegister data = SegmentRegister.Data(GuestDescriptors.UserData, 3);
            registers.Cs = SegmentRegister.Code64(GuestDescriptors.UserCode, 3);
            registers.Ds = registers.Es = registers.Fs = registers.Gs = registers.Ss = data;
        }

        return registers;
    }

    // A write to the window of ring 3 says what a write to the port would say.
    private static VmExit AsPort(VmExit exit)
        => exit.Kind == VmExitKind.MmioWrite && PortWindow.Contains(exit.Address)
            ? exit with { Kind = VmExitKind.PortOut, Port = (ushort)(exit.Address - PortWindow.Start), Address = default }
            : exit;

    private void WriteDescriptors()
    {
        Memory.WriteExactly(BareLayout.Gdt, GuestDescriptors.Gdt(BareLayout.TaskState));
        Memory.WriteExactly(
            BareLayout.TaskState,
            GuestDescriptors.TaskStateSegment(BareLayout.HandlerStackTop, BareLayout.InterruptStackTop));
        Memory.WriteExactly(BareLayout.Handlers, Handlers.Code);
        int stack = Options.UsesInterruptStack ? 1 : 0;
        for (int vector = 0; vector < GuestHandlers.Vectors; vector++)
            SetHandler(vector, Handlers.Entries[vector], stack);
    }
}
