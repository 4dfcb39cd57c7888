using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Attacks by what exceptions and interrupts go through: IDT, GDT, task state, stacks, and handlers.</summary>
internal static class FaultAttacks
{
    private const ulong AliasEnd = HostileLayout.NoExecuteAlias + HostileLayout.AliasBytes;

    public static IEnumerable<Attack> All() =>
    [
        .. Tables(),
        .. Gates(),
        .. Stacks(),
        .. Handlers(),
    ];

    private static IEnumerable<Attack> Tables() =>
    [
        new("no IDT at all", code => LoadIdt(code, BareLayout.Idt, 0), Outcome.ShutsDown),
        new("an IDT in the void", code => LoadIdt(code, HostileLayout.Void, 0xFFF), Outcome.ShutsDown),
        new("an IDT where no memory is", code => LoadIdt(code, HostileLayout.FarHole, 0xFFF), Outcome.EndsSomehow),
        new("an IDT at a non-canonical address", code => LoadIdt(code, HostileLayout.NonCanonical, 0xFFF), Outcome.Raises(13, 0)),
        new("an IDT that ends where nothing is mapped", code => LoadIdt(code, AliasEnd - (6 * 16), 0xFFF), Outcome.ShutsDown),
        new("an IDT whose gates lie across pages", code =>
            {
                code.mov(rsi, BareLayout.Idt);
                code.mov(rdi, HostileLayout.Scratch + 0xFF8 - (6 * 16));
                code.mov(ecx, 512);
                code.rep.movsq();
                LoadIdt(code, HostileLayout.Scratch + 0xFF8 - (6 * 16), 0xFFF);
            },
            Outcome.Raises(6, 0)),
        new("an IDT in ROM", code => LoadIdt(code, HostileLayout.Rom, 0xFFF), Outcome.Raises(6, 0))
        {
            Prepare = guest =>
            {
                byte[] idt = new byte[0x1000];
                guest.Memory.ReadExactly(BareLayout.Idt, idt);
                guest.Rom.GetHostSlice().CopyFrom(0, idt);
            },
        },
        new("no GDT at all", code => LoadGdt(code, BareLayout.Gdt, 0), Outcome.ShutsDown),
        new("a GDT in the void", code => LoadGdt(code, HostileLayout.Void, 0xFFFF), Outcome.ShutsDown),
        new("a GDT where no memory is", code => LoadGdt(code, HostileLayout.FarHole, 0xFFFF), Outcome.EndsSomehow),
        new("a GDT whose descriptors lie across pages", code =>
            {
                code.mov(rsi, BareLayout.Gdt);
                code.mov(rdi, HostileLayout.Scratch + 0xFF4);
                code.mov(ecx, 8);
                code.rep.movsq();
                code.PushTablePointer(HostileLayout.Scratch + 0xFF4, 0x3F);
                code.lgdt(__[rsp]);
                code.mov(eax, GuestDescriptors.KernelCode);
                code.mov(ds, eax);
                code.ud2();
            },
            Outcome.Raises(6, 0)),
        WithTaskState("a task state in the void", HostileLayout.Void, 0x67, 0, Outcome.ShutsDown),
        WithTaskState("a task state at a non-canonical address", HostileLayout.NonCanonical, 0x67, 0, Outcome.EndsSomehow),
        WithTaskState("a task state where no memory is", HostileLayout.FarHole, 0x67, 0, Outcome.EndsSomehow),
        WithTaskState("a task state that is too short", BareLayout.TaskState, 0x20, 0, Outcome.ShutsDown),
        WithTaskState("a task state across pages of which one is not mapped", AliasEnd - 0x28, 0x67, 0, Outcome.ShutsDown),
        WithTaskState("a task state in the void, from ring 3", HostileLayout.Void, 0x67, 3, Outcome.ShutsDown),
        WithTaskState("a task state that is too short, from ring 3", BareLayout.TaskState, 3, 3, Outcome.ShutsDown),
    ];

    private static IEnumerable<Attack> Gates() =>
    [
        new("a vector beyond the IDT", code =>
            {
                code.PushTablePointer(BareLayout.Idt, 0x7FF);
                code.lidt(__[rsp]);
                code.@int(0x80);
            },
            Outcome.Raises(13, 0x402)),
        WithGate("a gate that is not present", 0x81, GuestDescriptors.InterruptGate(0x1000), gate => gate[5] &= 0x7F,
            Outcome.Raises(11, 0x40A)),
        WithGate("a gate that is a task gate", 0x81, GuestDescriptors.InterruptGate(0x1000), gate => gate[5] = 0x85,
            Outcome.Raises(13, 0x40A)),
        WithGate("a gate that is a call gate", 0x81, GuestDescriptors.InterruptGate(0x1000), gate => gate[5] = 0x8C,
            Outcome.Raises(13, 0x40A)),
        WithGate("a gate to no segment", 0x81, GuestDescriptors.InterruptGate(0x1000, selector: 0), null, Outcome.Raises(13, 0)),
        WithGate("a gate to data", 0x81, GuestDescriptors.InterruptGate(0x1000, selector: 0x10), null, Outcome.Raises(13, 0x10)),
        WithGate("a gate to code of ring 3", 0x81, GuestDescriptors.InterruptGate(0x1000, selector: 0x28), null,
            Outcome.Raises(13, 0x28)),
        WithGate("a gate to a segment beyond the GDT", 0x81, GuestDescriptors.InterruptGate(0x1000, selector: 0xFFF8), null,
            Outcome.Raises(13, 0xFFF8)),
        WithGate("a gate to a segment of no LDT", 0x81, GuestDescriptors.InterruptGate(0x1000, selector: 0x0C), null,
            Outcome.Raises(13, 0x0C)),
        WithGate("a gate to a non-canonical address", 0x81, GuestDescriptors.InterruptGate(HostileLayout.NonCanonical), null,
            Outcome.Raises(13, 0)),
        WithGate("a gate to the void", 0x81, GuestDescriptors.InterruptGate(HostileLayout.Void), null,
            Outcome.Raises(14, 0x10, HostileLayout.Void)),
        WithGate("a gate whose stack is none of the task state's", 0x81, GuestDescriptors.InterruptGate(0x1000, stack: 7), null,
            Outcome.EndsSomehow),
        new("a software interrupt that ring 3 may not use", code => code.@int(0x40), Outcome.Raises(13, 0x202)) { Ring = 3 },
        new("a breakpoint that ring 3 may not use", code => code.int3(), Outcome.Raises(13, 0x1A)) { Ring = 3 },
        new("every software interrupt", code =>
            {
                for (int vector = 32; vector < 256; vector++)
                    code.@int((byte)vector);
            },
            Outcome.Raises(32, 0)),
    ];

    private static IEnumerable<Attack> Stacks() =>
    [
        new("an exception with the stack in the void", code => FaultOn(code, HostileLayout.Void), Outcome.ShutsDown),
        new("an exception with the stack at a non-canonical address", code => FaultOn(code, HostileLayout.NonCanonical),
            Outcome.ShutsDown),
        new("an exception with the stack in the void, and a good one for double faults",
            code => FaultOn(code, HostileLayout.Void),
            Outcome.Raises(8, 0))
        {
            Prepare = guest => guest.Guest.SetHandler(8, BareGuest.HandlerOf(8), stack: 1),
        },
        new("an exception with the stack at a non-canonical address, and a good one for double faults",
            code => FaultOn(code, HostileLayout.NonCanonical),
            Outcome.Raises(8, 0))
        {
            Prepare = guest => guest.Guest.SetHandler(8, BareGuest.HandlerOf(8), stack: 1),
        },
        new("an exception with the stack on a read-only page", code => FaultOn(code, HostileLayout.ReadOnlyAlias + 0x800),
            Outcome.ShutsDown),
        new("an exception whose frame begins on a page and ends in the void",
            code => FaultOn(code, HostileLayout.NoExecuteAlias + 0x10), Outcome.ShutsDown),
        new("an exception with an odd stack", code => FaultOn(code, HostileLayout.Scratch + 0x1003), Outcome.Raises(6, 0)),
        WithInterruptStack("an interrupt stack in the void", HostileLayout.Void, Outcome.ShutsDown),
        WithInterruptStack("an interrupt stack at a non-canonical address", HostileLayout.NonCanonical, Outcome.ShutsDown),
        WithInterruptStack("an interrupt stack at the beginning of all addresses", 0, Outcome.ShutsDown),
        WithInterruptStack("an interrupt stack in the IDT", BareLayout.Idt + 0x100, Outcome.EndsSomehow),
        WithInterruptStack("an interrupt stack in the page tables", BareLayout.PageTables + 0x1000, Outcome.EndsSomehow),
        WithRing0Stack("a stack for ring 0 in the void", HostileLayout.Void, Outcome.ShutsDown),
        WithRing0Stack("a stack for ring 0 at a non-canonical address", HostileLayout.NonCanonical, Outcome.ShutsDown),
    ];

    private static IEnumerable<Attack> Handlers() =>
    [
        new("a handler of page faults in the void", ReadVoid, Outcome.EndsSomehow)
        {
            Prepare = guest => guest.Guest.SetHandler(14, HostileLayout.Void),
        },
        new("a handler of page faults in the void, on a stack of its own", ReadVoid, Outcome.RunsOn)
        {
            UsesInterruptStack = true,
            Prepare = guest => guest.Guest.SetHandler(14, HostileLayout.Void, stack: 1),
        },
        new("a handler of page faults that faults", ReadVoid, Outcome.EndsSomehow)
        {
            Prepare = guest => SetHandler(guest, 14, ReadVoid),
        },
        new("a handler of page faults that repairs nothing", ReadVoid, Outcome.RunsOn)
        {
            Prepare = guest => SetHandler(guest, 14, code =>
            {
                code.add(rsp, 8);
                code.iretq();
            }),
        },
        new("a handler of undefined instructions that is one", code => code.ud2(), Outcome.EndsSomehow)
        {
            Prepare = guest => SetHandler(guest, 6, code => code.ud2()),
        },
        new("a page fault without a gate", ReadVoid, Outcome.Raises(8, 0))
        {
            Prepare = guest => guest.Memory.Write(BareLayout.Idt + (14 * 16), 0UL),
        },
        new("a page fault without a gate, and none for double faults", ReadVoid, Outcome.ShutsDown)
        {
            Prepare = guest =>
            {
                guest.Memory.Write(BareLayout.Idt + (14 * 16), 0UL);
                guest.Memory.Write(BareLayout.Idt + (8 * 16), 0UL);
            },
        },
        new("a general protection fault without a gate", code => code.JumpTo(HostileLayout.NonCanonical), Outcome.Raises(8, 0))
        {
            Prepare = guest => guest.Memory.Write(BareLayout.Idt + (13 * 16), 0UL),
        },
        new("a double fault that returns", ReadVoid, Outcome.RunsOn)
        {
            Prepare = guest =>
            {
                guest.Memory.Write(BareLayout.Idt + (14 * 16), 0UL);
                SetHandler(guest, 8, code =>
                {
                    code.add(rsp, 8);
                    code.iretq();
                });
            },
        },
    ];

    private static void LoadIdt(Assembler code, ulong address, ushort limit)
    {
        code.PushTablePointer(address, limit);
        code.lidt(__[rsp]);
        code.ud2();
    }

    private static void LoadGdt(Assembler code, ulong address, ushort limit)
    {
        code.PushTablePointer(address, limit);
        code.lgdt(__[rsp]);
        code.ud2();
    }

    private static void FaultOn(Assembler code, ulong stack)
    {
        code.mov(rsp, stack);
        code.ud2();
    }

    private static void ReadVoid(Assembler code)
    {
        code.mov(rbx, HostileLayout.Void);
        code.mov(rax, __qword_ptr[rbx]);
    }

    private static void SetHandler(HostileGuest guest, int vector, Action<Assembler> write)
    {
        const ulong Address = HostileLayout.Scratch + 0x8000;
        guest.Memory.WriteExactly(Address, HostileGuest.Code(Address, write));
        guest.Guest.SetHandler(vector, Address);
    }

    private static Attack WithGate(string name, int vector, byte[] gate, Action<byte[]>? change, Outcome outcome) => new(
        name, code => code.@int((byte)vector), outcome)
    {
        Prepare = guest =>
        {
            byte[] changed = [.. gate];
            change?.Invoke(changed);
            guest.Memory.WriteExactly(BareLayout.Idt + (ulong)(vector * GuestDescriptors.GateBytes), changed);
        },
    };

    private static Attack WithTaskState(string name, ulong address, uint limit, int ring, Outcome outcome) => new(
        name, code => code.ud2(), outcome)
    {
        Ring = ring,
        UsesInterruptStack = ring == 0,
        Prepare = guest =>
        {
            SystemRegisters registers = guest.Guest.Cpu.SystemRegisters;
            registers.Tr = SegmentRegister.TaskState64(GuestDescriptors.TaskState, address, limit);
            guest.Guest.Cpu.SystemRegisters = registers;
        },
    };

    private static Attack WithInterruptStack(string name, ulong stack, Outcome outcome) => new(name, code => code.ud2(), outcome)
    {
        UsesInterruptStack = true,
        Prepare = guest => guest.Memory.WriteExactly(
            BareLayout.TaskState, GuestDescriptors.TaskStateSegment(BareLayout.HandlerStackTop, stack)),
    };

    private static Attack WithRing0Stack(string name, ulong stack, Outcome outcome) => new(name, code => code.ud2(), outcome)
    {
        Ring = 3,
        Prepare = guest => guest.Memory.WriteExactly(
            BareLayout.TaskState, GuestDescriptors.TaskStateSegment(stack, BareLayout.InterruptStackTop)),
    };
}
