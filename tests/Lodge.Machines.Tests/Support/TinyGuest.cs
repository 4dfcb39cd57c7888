using Iced.Intel;

namespace Lodge.Machines.Tests;

/// <summary>A machine with 2 MiB of RAM at address 0, page tables that map the first GiB to itself for both rings, and code at
/// <see cref="CodeAddress"/>. Above the RAM there is nothing.</summary>
internal sealed class TinyGuest : IDisposable
{
    public const ulong RamBytes = 2 << 20;
    public const ulong CodeAddress = 0x1000;
    public const ulong IdtAddress = 0x2000;
    public const ulong GdtAddress = 0x3000;
    public const ulong TssAddress = 0x4000;
    public const ulong StackTop = 0x9000;
    public const ulong KernelStackTop = 0xB000;
    public const ulong InterruptStackTop = 0xD000;
    public const ulong Pml4Address = 0x10000;
    public const ulong DataAddress = 0x20000;
    public const ulong NoMemory = 0x1000_0000;

    public const ushort CodeSelector = 0x08;
    public const ushort DataSelector = 0x10;

    private const ushort UserDataSelector = 0x28;
    private const ushort UserCodeSelector = 0x30;
    private const ulong PresentWritableUser = 7;
    private const ulong LargePage = 1 << 7;

    public TinyGuest(string engine, Action<Assembler> code, RegionOptions? ram = null, bool createCpu = true)
        : this(TestEngines.Get(engine), code, ram, createCpu)
    {
    }

    public TinyGuest(IMachineEngine engine, Action<Assembler> code, RegionOptions? ram = null, bool createCpu = true)
    {
        Machine = engine.CreateMachine();
        Ram = MemoryRegion.Anonymous(0, RamBytes, ram);
        RamSlot = Machine.Map(Ram);
        Write(Pml4Address, Pml4Address + 0x1000 | PresentWritableUser);
        Write(Pml4Address + 0x1000, Pml4Address + 0x2000 | PresentWritableUser);
        for (ulong i = 0; i < 512; i++)
            Write(Pml4Address + 0x2000 + (i * 8), (i << 21) | PresentWritableUser | LargePage);

        Load(CodeAddress, code);
        if (createCpu)
            Cpu = CreateCpu();
    }

    public IVirtualMachine Machine { get; }

    public MemoryRegion Ram { get; }

    public MemorySlot RamSlot { get; }

    public IVirtualCpu Cpu { get; } = null!;

    public GeneralRegisters Registers => Cpu.Registers;

    public IVirtualCpu CreateCpu(ulong rip = CodeAddress, int ring = 0, ulong stack = StackTop)
    {
        IVirtualCpu cpu = Machine.CreateCpu();
        SetUp(cpu, rip, ring, stack);
        return cpu;
    }

    /// <summary>Puts a vCPU at the beginning of some code, in 64-bit mode.</summary>
    public static void SetUp(IVirtualCpu cpu, ulong rip = CodeAddress, int ring = 0, ulong stack = StackTop)
    {
        cpu.SystemRegisters = SystemRegisters.LongMode(Pml4Address, ring);
        cpu.Registers = new GeneralRegisters { Rip = rip, Rsp = stack, Rflags = GeneralRegisters.FixedFlags };
    }

    /// <summary>Puts code into memory; returns where its labels are.</summary>
    public void Load(ulong address, Action<Assembler> code)
    {
        var assembler = new Assembler(64);
        code(assembler);
        using var bytes = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(bytes), address);
        Ram.GetHostSlice().CopyFrom(address, bytes.ToArray());
    }

    public void Write(ulong address, ulong value) => Machine.Memory.Current.Write(address, value);

    public ulong Read(ulong address) => Machine.Memory.Current.Read<ulong>(address);

    /// <summary>Gives the vCPU a GDT, a TSS with stacks for ring 0, and an IDT with the given gates.</summary>
    public void InstallTables(IVirtualCpu cpu, params (int Vector, ulong Handler)[] gates)
    {
        Write(GdtAddress + 0x08, 0x00AF_9B00_0000_FFFF);
        Write(GdtAddress + 0x10, 0x00CF_9300_0000_FFFF);
        Write(GdtAddress + 0x18, 0x0000_8B00_0000_0067 | (TssAddress << 16));
        Write(GdtAddress + 0x20, 0);
        Write(GdtAddress + UserDataSelector, 0x00CF_F300_0000_FFFF);
        Write(GdtAddress + UserCodeSelector, 0x00AF_FB00_0000_FFFF);
        Write(TssAddress + 4, KernelStackTop);
        Write(TssAddress + 36, InterruptStackTop);
        foreach ((int vector, ulong handler) in gates)
            SetGate(vector, handler);

        SystemRegisters registers = cpu.SystemRegisters;
        bool isUser = registers.Cs.Dpl == 3;
        cpu.SystemRegisters = registers with
        {
            Cs = isUser ? SegmentRegister.Code64(UserCodeSelector | 3, 3) : registers.Cs,
            Ss = isUser ? SegmentRegister.Data(UserDataSelector | 3, 3) : registers.Ss,
            Gdt = new DescriptorTable { Base = GdtAddress, Limit = 0x37 },
            Idt = new DescriptorTable { Base = IdtAddress, Limit = 0xFFF },
            Tr = SegmentRegister.TaskState64(0x18, TssAddress),
        };
    }

    /// <summary>Sets an interrupt gate.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="handler">Where it leads.</param>
    /// <param name="stack">1 for the stack at <see cref="InterruptStackTop"/>, 0 for the usual one.</param>
    /// <param name="ring">The ring that may use it by <c>int n</c>.</param>
    public void SetGate(int vector, ulong handler, int stack = 0, int ring = 0)
        => Machine.Memory.Current.WriteExactly(
            IdtAddress + ((ulong)vector * GuestDescriptors.GateBytes), GuestDescriptors.InterruptGate(handler, stack, ring));

    public void Dispose()
    {
        Machine.Dispose();
        Ram.Dispose();
    }
}
