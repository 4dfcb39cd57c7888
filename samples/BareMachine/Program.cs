// A virtual machine from nothing: RAM, page tables, a vCPU, a program of a few bytes, and a console on an I/O port.
using Lodge.Machines;
using Lodge.Memory;
using Lodge.Paging;

const ulong Code = 0x1000, Stack = 0x9000, Tables = 0x10_0000, Size = 0x20_0000;
const ushort Console16550 = 0x3F8, Random = 0x500;

foreach (IMachineEngine engine in Machines.All)
    Console.WriteLine($"{engine.Name}: {(engine.IsAvailable ? Describe(engine.Probe()) : engine.MissingBecause)}");

// The fastest engine that runs all that a guest may do; the same guest does the same on each.
IMachineEngine best = Machines.Best();
using IVirtualMachine machine = best.CreateMachine();
using MemoryRegion ram = MemoryRegion.Anonymous(0, Size, new RegionOptions { Label = "RAM" });
machine.Map(ram);

// 64-bit code needs page tables: here each address leads to itself. The host writes them as it writes any guest memory.
GuestMemory memory = GuestMemory.Create(ram);
var tables = new PageTableEditor(memory, PageTableFormat.X64FourLevels, new FrameAllocator(new GuestRange(Tables, Size - Tables)));
tables.Map(ram.Range, ram.Start, MemoryAccess.All);

// Prints the text behind it, asks for a number and prints it as a digit, writes to where there is no memory, and halts.
memory.WriteExactly(Code,
[
    0x66, 0xBA, 0xF8, 0x03,                         //         mov  dx, 0x3f8
    0x48, 0x8D, 0x35, 0x1C, 0x00, 0x00, 0x00,       //         lea  rsi, [rip + text]
    0xAC,                                           // next:   lodsb
    0x84, 0xC0,                                     //         test al, al
    0x74, 0x03,                                     //         jz   ask
    0xEE,                                           //         out  dx, al
    0xEB, 0xF8,                                     //         jmp  next
    0x66, 0xBA, 0x00, 0x05,                         // ask:    mov  dx, 0x500
    0xEC,                                           //         in   al, dx
    0x04, 0x30,                                     //         add  al, '0'
    0x66, 0xBA, 0xF8, 0x03,                         //         mov  dx, 0x3f8
    0xEE,                                           //         out  dx, al
    0x88, 0x04, 0x25, 0x00, 0x00, 0x1F, 0x00,       //         mov  [0x1f0000], al
    0xF4,                                           //         hlt
    .. "Hello from ring 0. A number: "u8, 0,        // text
]);

using IVirtualCpu cpu = machine.CreateCpu();
cpu.SystemRegisters = SystemRegisters.LongMode(tables.Table.Root);
cpu.Registers = new GeneralRegisters { Rip = Code, Rsp = Stack };

// Whatever the guest does, it ends: somebody cancels it after a second.
using var watchdog = new Timer(_ => cpu.Cancel(), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
while (true)
{
    VmExit exit = cpu.Run();
    switch (exit.Kind)
    {
        case VmExitKind.PortOut when exit.Port == Console16550:
            Console.Write((char)exit.Value);
            break;
        case VmExitKind.PortIn when exit.Port == Random:
            cpu.Answer(4);
            break;
        default:
            Console.WriteLine();
            Console.WriteLine($"{exit} on {best.Name}; RAX is 0x{cpu.Registers.Rax:x}, and memory has 0x{memory.Read<byte>(0x1F_0000):x}.");
            return exit.Kind == VmExitKind.Halt ? 0 : 1;
    }
}

static string Describe(EngineProbe probe)
    => probe.RunsEverything ? "runs everything" : "here, does not run everything: " + string.Join(" ", probe.Remarks);
