using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>A machine's vCPU in ring 3, with the same addresses as the program that asks the processor.</summary>
/// <remarks>Exceptions go through a guest IDT to handlers of a single <c>hlt</c> each, from which the vector follows; the stack
/// of ring 0 has the rest.</remarks>
internal sealed class MachineProcessor : IDisposable
{
    private const ulong TablesStart = 0x10000;
    private const ulong MemorySize = 0x20000;
    private const ulong CodePhysical = 0x1000;
    private const ulong DataPhysical = 0x3000;
    private const ulong KernelPhysical = 0x6000;
    private const ulong KernelSize = 0x3000;

    // The kernel's pages: descriptor tables, handlers, stack.
    private const ulong Kernel = 0xFFFF_8000_0000_0000;
    private const ulong GdtOffset = 0x000;
    private const ulong TssOffset = 0x100;
    private const ulong IdtOffset = 0x200;
    private const ulong HandlersOffset = 0x1000;
    private const ulong StackEnd = 0x3000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int Vectors = 32;
    private const int PageFault = 14;
    private const uint VectorsWithErrorCode
        = (1 << 8) | (1 << 10) | (1 << 11) | (1 << 12) | (1 << 13) | (1 << 14) | (1 << 17) | (1 << 21);
    private const uint VectorsForAll = (1 << 3) | (1 << 4);

    // Selectors as on Linux, since code can see them.
    private const ushort KernelCode = 0x10;
    private const ushort KernelData = 0x18;
    private const ushort UserData = 0x2B;
    private const ushort UserCode = 0x33;
    private const ushort TaskState = 0x40;

    private readonly IMachineEngine _engine;
    private readonly int _casesOfAMachine;
    private MemoryRegion _region;
    private IVirtualMachine _machine;
    private IVirtualCpu _cpu;
    private SystemRegisters _user;
    private readonly byte[] _expected = new byte[SiliconLayout.DataSize];
    private readonly byte[] _data = new byte[SiliconLayout.DataSize];
    private bool _isInKernel;
    private int _cases;
    private CaseStop _stop;
    private readonly Timer _watch;
    private long _number;
    private long _watched;
    private volatile bool _isRunning;

    /// <summary>A machine of an engine's.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="casesOfAMachine">After how many cases there is to be a new one: code that changes again and again is not
    /// compiled any more.</param>
    public MachineProcessor(IMachineEngine engine, int casesOfAMachine = int.MaxValue)
    {
        _engine = engine;
        _casesOfAMachine = casesOfAMachine;
        Create();
        _watch = new Timer(_ => Watch(), null, Patience, Patience);
    }

    private GuestMemory Memory => _machine.Memory.Current;

    /// <summary>Takes another machine, after one that failed.</summary>
    public void Renew()
    {
        Release();
        Create();
    }

    /// <summary>Runs a case.</summary>
    /// <param name="item">The case.</param>
    /// <param name="stop">How it ends.</param>
    /// <param name="rounds">How often it is run, always from the same beginning; the last time counts.</param>
    public CaseOutcome Run(SiliconCase item, CaseStop stop = CaseStop.Breakpoint, int rounds = 1)
    {
        if (++_cases > _casesOfAMachine)
            Renew();
        for (int round = 1; round < rounds; round++)
            RestoreData(item, RunOnce(item, stop));

        CaseOutcome outcome = RunOnce(item, stop);
        RestoreData(item, outcome);
        Memory.Write(CodePhysical + (ulong)item.CodeOffset, Code(item.Code.Length));
        return outcome;
    }

    private CaseOutcome RunOnce(SiliconCase item, CaseStop stop)
    {
        Prepare(item, stop);
        Interlocked.Increment(ref _number);
        _isRunning = true;
        VmExit exit = _cpu.Run();
        while (exit.Kind == VmExitKind.Debug && IsRepeated(item, stop) && _cpu.Registers.Rip == item.CodeAddress)
            exit = _cpu.Run();

        // The instruction is over, but the processor would have gone on to where it cannot.
        if (exit.Kind == VmExitKind.Debug && _cpu.Registers.Rip - SiliconLayout.CodeStart >= SiliconLayout.CodeSize)
            exit = _cpu.Run();
        _isRunning = false;

        return exit.Kind switch
        {
            VmExitKind.Debug => Ended(),
            VmExitKind.Halt => Excepted(),
            _ => throw new InvalidOperationException($"The machine stopped with: {exit}."),
        };
    }

    public void Dispose()
    {
        _watch.Dispose();
        Release();
    }

    private void Release()
    {
        _machine.Dispose();
        _region.Dispose();
    }

    // A case that runs from one tick to the next has lost its way.
    private void Watch()
    {
        long number = Interlocked.Read(ref _number);
        if (number == Interlocked.Exchange(ref _watched, number) && _isRunning)
            _cpu.Cancel();
    }

    [MemberNotNull(nameof(_region), nameof(_machine), nameof(_cpu))]
    private void Create()
    {
        _isInKernel = false;
        _cases = 0;
        _region = MemoryRegion.Anonymous(0, MemorySize);
        _machine = _engine.CreateMachine();
        _machine.Map(_region);
        Memory.Write(CodePhysical, Code(SiliconLayout.CodeSize));
        Memory.Write(DataPhysical, SiliconLayout.Background);
        var frames = new FrameAllocator(new GuestRange(TablesStart, MemorySize - TablesStart));
        var editor = new PageTableEditor(_machine.Memory, PageTableFormat.X64FourLevels, frames);
        Map(editor, SiliconLayout.CodeStart, SiliconLayout.CodeSize, CodePhysical, MemoryAccess.ReadExecute, Privilege.User);
        Map(editor, SiliconLayout.DataStart, SiliconLayout.ReadOnlySize, DataPhysical, MemoryAccess.Read, Privilege.User);
        Map(editor, SiliconLayout.WritableStart, SiliconLayout.DataSize - SiliconLayout.ReadOnlySize,
            DataPhysical + SiliconLayout.ReadOnlySize, MemoryAccess.ReadWrite, Privilege.User);
        Map(editor, Kernel, KernelSize, KernelPhysical, MemoryAccess.All, Privilege.Supervisor);
        WriteKernel();

        _cpu = _machine.CreateCpu();
        _user = UserMode(editor.Table.Root);
        _cpu.SystemRegisters = _user;
        SetStop(CaseStop.Breakpoint);
    }

    private static bool IsRepeated(SiliconCase item, CaseStop stop)
        => stop == CaseStop.Step && (item.Instructions[0].HasRepPrefix || item.Instructions[0].HasRepnePrefix);

    private void Prepare(SiliconCase item, CaseStop stop)
    {
        Memory.Write(CodePhysical + (ulong)item.CodeOffset, item.Code);
        SiliconLayout.Background.CopyTo(_expected);
        foreach (MemoryPatch patch in item.Patches)
        {
            Memory.Write(DataPhysical + (ulong)patch.Offset, patch.Bytes);
            patch.Bytes.CopyTo(_expected, patch.Offset);
        }

        if (_isInKernel)
        {
            _cpu.SystemRegisters = _user;
            _isInKernel = false;
        }

        if (_stop != stop)
            SetStop(stop);

        _cpu.Registers = item.Start.ToGeneralRegisters();
        _cpu.FpuRegisters = item.Start.Fpu;
    }

    private void SetStop(CaseStop stop)
    {
        _stop = stop;
        _cpu.SetDebugging(stop switch
        {
            CaseStop.Breakpoint => new GuestDebugging { SoftwareBreakpoints = true },
            CaseStop.Step => new GuestDebugging { SingleStep = true },
            _ => null,
        });
    }

    private CaseOutcome Ended() => new()
    {
        Vector = CaseOutcome.Ended,
        End = ProcessorState.From(_cpu.Registers, _cpu.FpuRegisters),
        ChangedWords = ChangedWords(),
    };

    private CaseOutcome Excepted()
    {
        _isInKernel = true;
        ProcessorState end = ProcessorState.From(_cpu.Registers, _cpu.FpuRegisters);
        ulong handler = end.Rip - 1 - Kernel - HandlersOffset;
        if (handler >= Vectors * 16 || handler % 16 != 0)
            throw new InvalidOperationException($"The machine halted at 0x{end.Rip:x}.");

        var vector = (int)(handler / 16);
        ulong stack = end[Iced.Intel.Register.RSP] - Kernel;
        ulong error = 0;
        if ((VectorsWithErrorCode >> vector & 1) != 0)
        {
            error = KernelWord(stack);
            stack += 8;
        }

        // An int3 is over when it traps.
        end.Rip = KernelWord(stack) - (vector == CaseOutcome.Ended ? 1UL : 0);
        end.Rflags = KernelWord(stack + 16);
        end[Iced.Intel.Register.RSP] = KernelWord(stack + 24);
        Check("CS", KernelWord(stack + 8), UserCode);
        Check("SS", KernelWord(stack + 32), UserData);
        Check("the frame's end", stack + 40, StackEnd);
        return new CaseOutcome
        {
            Vector = vector,
            ErrorCode = error,
            Address = vector == PageFault ? _cpu.SystemRegisters.Cr2 : 0,
            End = end,
            ChangedWords = ChangedWords(),
        };
    }

    private static void Check(string what, ulong value, ulong expected)
    {
        if (value != expected)
            throw new InvalidOperationException($"The exception's frame has 0x{value:x} for {what}, not 0x{expected:x}.");
    }

    private ulong KernelWord(ulong offset) => Memory.Read<ulong>(KernelPhysical + offset);

    private List<(int Index, ulong Value)> ChangedWords()
    {
        var changed = new List<(int Index, ulong Value)>();
        Memory.ReadExactly(DataPhysical, _data);
        if (_data.AsSpan().SequenceEqual(_expected))
            return changed;

        ReadOnlySpan<ulong> now = MemoryMarshal.Cast<byte, ulong>(_data);
        ReadOnlySpan<ulong> before = MemoryMarshal.Cast<byte, ulong>(_expected);
        for (int i = 0; i < now.Length; i++)
        {
            if (now[i] != before[i])
                changed.Add((i, now[i]));
        }

        return changed;
    }

    private void RestoreData(SiliconCase item, CaseOutcome outcome)
    {
        foreach (MemoryPatch patch in item.Patches)
            Memory.Write(DataPhysical + (ulong)patch.Offset, SiliconLayout.Background.Slice(patch.Offset, patch.Bytes.Length));
        foreach ((int index, _) in outcome.ChangedWords)
            Memory.Write(DataPhysical + (8 * (ulong)index), SiliconLayout.Background.Slice(8 * index, 8));
    }

    private static byte[] Code(int length)
    {
        var code = new byte[length];
        code.AsSpan().Fill(SiliconLayout.Int3);
        return code;
    }

    private static void Map(
        PageTableEditor editor, ulong address, ulong size, ulong physical, MemoryAccess access, Privilege privilege)
        => editor.Map(new GuestRange(address, size), physical, access, privilege);

    private static SystemRegisters UserMode(GuestAddress root)
    {
        SystemRegisters user = SystemRegisters.LongMode(root, privilegeLevel: 3);
        user.Cs = user.Cs with { Selector = UserCode };
        user.Ss = user.Ss with { Selector = UserData };
        user.Ds = user.Ds with { Selector = 0 };
        user.Es = user.Es with { Selector = 0 };
        user.Fs = user.Fs with { Selector = 0, Base = SiliconLayout.FsBase };
        user.Gs = user.Gs with { Selector = 0, Base = SiliconLayout.GsBase };
        user.Tr = SegmentRegister.TaskState64(TaskState, Kernel + TssOffset);
        user.Gdt = new DescriptorTable { Base = Kernel + GdtOffset, Limit = 0x4F };
        user.Idt = new DescriptorTable { Base = Kernel + IdtOffset, Limit = (Vectors * 16) - 1 };
        user.Cr0 |= ControlBits.Cr0AlignmentMask;
        user.Cr4 |= ControlBits.Cr4FsGsBase;
        return user;
    }

    private void WriteKernel()
    {
        var kernel = new byte[KernelSize];
        WriteDescriptor(kernel, KernelCode, 0x00AF_9B00_0000_FFFF);
        WriteDescriptor(kernel, KernelData, 0x00CF_9300_0000_FFFF);
        WriteDescriptor(kernel, UserData, 0x00CF_F300_0000_FFFF);
        WriteDescriptor(kernel, UserCode, 0x00AF_FB00_0000_FFFF);
        const ulong Tss = Kernel + TssOffset;
        WriteDescriptor(kernel, TaskState, 0x0000_8B00_0000_0067 | ((Tss & 0xFF_FFFF) << 16) | ((Tss >> 24 & 0xFF) << 56));
        WriteDescriptor(kernel, TaskState + 8, Tss >> 32);
        BinaryPrimitives.WriteUInt64LittleEndian(kernel.AsSpan((int)TssOffset + 4), Kernel + StackEnd);
        // The map of ports begins behind the segment's end: no port is the program's.
        BinaryPrimitives.WriteUInt16LittleEndian(kernel.AsSpan((int)TssOffset + 0x66), 0x68);
        for (int vector = 0; vector < Vectors; vector++)
        {
            ulong handler = HandlersOffset + (16 * (ulong)vector);
            kernel[handler] = 0xF4;
            kernel[handler + 1] = SiliconLayout.Int3;
            WriteGate(kernel.AsSpan((int)IdtOffset + (16 * vector)), Kernel + handler, (VectorsForAll >> vector & 1) != 0);
        }

        Memory.Write(KernelPhysical, kernel);
    }

    private static void WriteDescriptor(Span<byte> kernel, ushort selector, ulong descriptor)
        => BinaryPrimitives.WriteUInt64LittleEndian(kernel[((int)GdtOffset + (selector & ~7))..], descriptor);

    private static void WriteGate(Span<byte> gate, ulong handler, bool isForAll)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(gate, (ushort)handler);
        BinaryPrimitives.WriteUInt16LittleEndian(gate[2..], KernelCode);
        gate[5] = (byte)(isForAll ? 0xEE : 0x8E);
        BinaryPrimitives.WriteUInt16LittleEndian(gate[6..], (ushort)(handler >> 16));
        BinaryPrimitives.WriteUInt32LittleEndian(gate[8..], (uint)(handler >> 32));
    }
}
