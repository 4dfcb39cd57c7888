using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Attacks by control registers, model-specific registers, and instructions that are a kernel's.</summary>
internal static class SystemAttacks
{
    private const ulong NonCanonical = HostileLayout.NonCanonical;
    private const ulong FlagNested = 1 << 14;

    // They are no instructions in 64-bit mode.
    private static readonly byte[] NoInstructions =
        [0x06, 0x07, 0x0E, 0x16, 0x17, 0x1E, 0x1F, 0x27, 0x2F, 0x37, 0x3F, 0x60, 0x61, 0x82, 0x9A, 0xCE, 0xD4, 0xD5, 0xD6, 0xEA];

    public static IEnumerable<Attack> All() =>
    [
        .. ModelSpecific(),
        .. Control(),
        .. Instructions(),
        .. Flags(),
        .. Privileged(),
        .. NoInstructions.Select(opcode => new Attack(
            $"opcode 0x{opcode:x2}", code => code.db(opcode, 0xC0, 0, 0, 0, 0, 0, 0), Outcome.Raises(6, 0))),
    ];

    private static IEnumerable<Attack> ModelSpecific() =>
    [
        WriteMsr("reserved bits of EFER", Msr.Efer, (1UL << 32) | 0xD01, Outcome.Raises(13, 0)),
        WriteMsr("EFER without long mode", Msr.Efer, 0, Outcome.Raises(13, 0)),
        WriteMsr("LSTAR at a non-canonical address", Msr.Lstar, NonCanonical, Outcome.Raises(13, 0)),
        WriteMsr("FS at a non-canonical address", Msr.FsBase, NonCanonical, Outcome.Raises(13, 0)),
        WriteMsr("GS at a non-canonical address", Msr.GsBase, NonCanonical, Outcome.Raises(13, 0)),
        WriteMsr("the kernel's GS at a non-canonical address", Msr.KernelGsBase, NonCanonical, Outcome.Raises(13, 0)),
        WriteMsr("memory types that are none", Msr.Pat, 0x0202_0202_0202_0202, Outcome.Raises(13, 0)),
        WriteMsr("an MSR that is none", 0xDEAD_BEEF, 1, Outcome.Raises(13, 0)),
        WriteMsr("all bits of STAR", Msr.Star, ulong.MaxValue, Outcome.Passes),
        WriteMsr("the time", Msr.TimeStampCounter, ulong.MaxValue, Outcome.Passes),
        WriteMsr("the APIC's base", Msr.ApicBase, ulong.MaxValue, Outcome.EndsSomehow),
        new("a read of an MSR that is none", code =>
            {
                code.mov(ecx, 0xDEAD_BEEF);
                code.rdmsr();
            },
            Outcome.Raises(13, 0)),
        new("reads of many MSRs", code =>
            {
                // Each fault is gone on behind, by the handler below.
                Label next = code.CreateLabel();
                code.xor(ecx, ecx);
                code.Label(ref next);
                code.rdmsr();
                code.inc(ecx);
                code.cmp(ecx, 0x2000);
                code.jb(next);
            },
            Outcome.Passes)
        {
            Prepare = guest => SkipTwoBytesOnFault(guest),
        },
    ];

    private static IEnumerable<Attack> Control() =>
    [
        Control("paging without protection", code => code.btr(rax, 0), 0, Outcome.Raises(13, 0)),
        Control("no paging in 64-bit mode", code => code.btr(rax, 31), 0, Outcome.Raises(13, 0)),
        Control("not write-through with caches", code => code.bts(rax, 29), 0, Outcome.Raises(13, 0)),
        Control("high bits of CR0", code => code.bts(rax, 32), 0, Outcome.Raises(13, 0)),
        Control("no caches", code => code.bts(rax, 30), 0, Outcome.Passes),
        Control("no PAE in 64-bit mode", code => code.btr(rax, 5), 4, Outcome.Raises(13, 0)),
        Control("a reserved bit of CR4", code => code.bts(rax, 31), 4, Outcome.Raises(13, 0)),
        Control("the highest bit of CR4", code => code.bts(rax, 63), 4, Outcome.Raises(13, 0)),
        Control("five levels in 64-bit mode", code => code.bts(rax, 12), 4, Outcome.Raises(13, 0)),
        Control("a priority of 16", code => code.mov(eax, 16), 8, Outcome.Raises(13, 0)),
        Control("a priority of 15", code => code.mov(eax, 15), 8, Outcome.Passes),
        Control("any CR2", code => code.mov(rax, -1L), 2, Outcome.Passes),
        new("CR1", code => code.db(0x0F, 0x22, 0xC8), Outcome.Raises(6, 0)),
        new("CR5", code => code.db(0x0F, 0x22, 0xE8), Outcome.Raises(6, 0)),
        new("CR15", code => code.db(0x44, 0x0F, 0x22, 0xF8), Outcome.Raises(6, 0)),
        new("high bits of DR7", code =>
            {
                code.mov(rax, 1UL << 32);
                code.mov(dr7, rax);
            },
            Outcome.Raises(13, 0)),
        new("high bits of DR6", code =>
            {
                code.mov(rax, 1UL << 32);
                code.mov(dr6, rax);
            },
            Outcome.Raises(13, 0)),
        new("breakpoints everywhere", code =>
            {
                code.mov(rax, BareLayout.Image);
                code.mov(dr0, rax);
                code.mov(dr1, rax);
                code.mov(dr2, rax);
                code.mov(dr3, rax);
                code.mov(eax, 0xFFFF_03FF);
                code.mov(dr7, rax);
                code.mov(rbx, __qword_ptr[rsp - 8]);
            },
            Outcome.EndsSomehow),
        new("lmsw that would leave protected mode", code =>
            {
                code.xor(eax, eax);
                code.lmsw(ax);
                code.smsw(rax);
                code.and(eax, 1);
                code.SendResult();
            },
            Outcome.Returns(1)),
        new("lmsw of all bits, then a vector", code =>
            {
                code.mov(eax, 0xFFFF);
                code.lmsw(ax);
                code.paddd(xmm0, xmm1);
            },
            Outcome.Raises(6, 0)),
        new("a vector while the task is switched", code =>
            {
                code.mov(rax, cr0);
                code.bts(rax, 3);
                code.mov(cr0, rax);
                code.paddd(xmm0, xmm1);
            },
            Outcome.Raises(7, 0)),
        new("a vector that the kernel does not save", code =>
            {
                code.mov(rax, cr4);
                code.btr(rax, 9);
                code.mov(cr4, rax);
                code.paddd(xmm0, xmm1);
            },
            Outcome.Raises(6, 0)),
        new("reserved bits of MXCSR", code =>
            {
                code.push(-1);
                code.ldmxcsr(__dword_ptr[rsp]);
            },
            Outcome.Raises(13, 0)),
        new("an unmasked division by zero of vectors", code =>
            {
                code.push(0x1D80);
                code.ldmxcsr(__dword_ptr[rsp]);
                code.mov(eax, 0x3F80_0000);
                code.movd(xmm0, eax);
                code.xorps(xmm1, xmm1);
                code.divss(xmm0, xmm1);
            },
            Outcome.Raises(19, 0)),
    ];

    private static IEnumerable<Attack> Instructions() =>
    [
        new("all of cpuid", code =>
            {
                foreach (uint leaf in new uint[] { 0, 0x4000_0000, 0x8000_0000, 0xFFFF_FFC0 })
                {
                    for (uint i = 0; i < 0x20; i++)
                    {
                        code.mov(eax, leaf + i);
                        code.mov(ecx, i * 0x1111_1111);
                        code.cpuid();
                    }
                }
            },
            Outcome.Passes),
        new("a far return to 32-bit code", code =>
            {
                code.push(0x18);
                code.push((int)HostileLayout.Scratch);
                code.FarReturn();
            },
            Outcome.EndsSomehow)
        {
            Prepare = guest =>
            {
                guest.Memory.Write(BareLayout.Gdt + 0x18, 0x00CF_9B00_0000_FFFFUL);
                guest.Memory.Write(HostileLayout.Scratch, 0xF4F4_F4F4U);
            },
        },
        new("a far return to a segment that is 32-bit and 64-bit", code =>
            {
                code.push(0x18);
                code.push((int)BareLayout.Image);
                code.FarReturn();
            },
            Outcome.Raises(13, 0x18))
        {
            Prepare = guest => guest.Memory.Write(BareLayout.Gdt + 0x18, 0x00EF_9B00_0000_FFFFUL),
        },
        new("syscall that is off", code =>
            {
                code.mov(ecx, Msr.Efer);
                code.rdmsr();
                code.and(eax, ~1);
                code.wrmsr();
                code.syscall();
            },
            Outcome.Raises(6, 0)),
        new("syscall to the void", code =>
            {
                code.mov(ecx, Msr.Lstar);
                code.mov(eax, unchecked((uint)HostileLayout.Void));
                code.mov(edx, (uint)(HostileLayout.Void >> 32));
                code.wrmsr();
                code.mov(ecx, Msr.Star);
                code.xor(eax, eax);
                code.mov(edx, GuestDescriptors.KernelCode);
                code.wrmsr();
                code.syscall();
            },
            Outcome.Raises(14, 0x10, HostileLayout.Void)),
        new("sysret to a non-canonical address", code =>
            {
                code.mov(rcx, NonCanonical);
                code.mov(r11d, 2);
                code.sysretq();
            },
            Outcome.EndsSomehow),
        new("sysret with selectors of nothing", code =>
            {
                code.mov(rcx, BareLayout.Image);
                code.mov(r11d, 2);
                code.sysretq();
            },
            Outcome.EndsSomehow),
        new("sysenter to nowhere", code => code.sysenter(), Outcome.EndsSomehow),
        new("sysexit to nowhere", code => code.sysexit(), Outcome.EndsSomehow),
        new("a non-canonical GDT", code =>
            {
                code.PushTablePointer(NonCanonical, 0xFFFF);
                code.lgdt(__[rsp]);
            },
            Outcome.Raises(13, 0)),
        new("rsm", code => code.rsm(), Outcome.Raises(6, 0)),
        new("xsetbv while XSAVE is off", code => code.xsetbv(), Outcome.Raises(6, 0)),
        new("xgetbv while XSAVE is off", code => code.xgetbv(), Outcome.Raises(6, 0)),
        new("AVX while XSAVE is off", code => code.vzeroupper(), Outcome.Raises(6, 0)),
        new("vmcall", code => code.vmcall(), Outcome.EndsSomehow),
        new("vmlaunch", code => code.vmlaunch(), Outcome.EndsSomehow),
        new("vmrun", code => code.db(0x0F, 0x01, 0xD8), Outcome.EndsSomehow),
        new("monitor and mwait", code =>
            {
                code.mov(rax, HostileLayout.Scratch);
                code.db(0x0F, 0x01, 0xC8);
                code.db(0x0F, 0x01, 0xC9);
            },
            Outcome.EndsSomehow),
        new("rdpmc of no counter", code =>
            {
                code.mov(ecx, 0x1234);
                code.rdpmc();
            },
            Outcome.Raises(13, 0).Or(Outcome.Raises(6, 0))),
        new("flushes of the caches", code =>
            {
                code.wbinvd();
                code.invd();
            },
            Outcome.Passes),
        new("clts, swapgs and the time", code =>
            {
                code.clts();
                code.swapgs();
                code.swapgs();
                code.rdtsc();
            },
            Outcome.Passes),
    ];

    private static IEnumerable<Attack> Flags() =>
    [
        new("a sleep with interrupts on that nothing ends", code =>
            {
                code.sti();
                code.hlt();
            },
            Outcome.Passes),
        new("all flags but the trap flag", code =>
            {
                code.mov(rax, 0xFFFF_FFFF_FFFF_FEFF);
                code.push(rax);
                code.popfq();
                code.pushfq();
            },
            Outcome.Passes),
        new("an interrupt's return from a nested task", code =>
            {
                code.push((int)FlagNested | 2);
                code.popfq();
                code.iretq();
            },
            Outcome.Raises(13, 0)),
        new("an interrupt's return to virtual-8086 mode", code =>
            {
                Label behind = code.CreateLabel();
                code.mov(rcx, rsp);
                code.push(GuestDescriptors.KernelData);
                code.push(rcx);
                code.push(0x0002_0002);
                code.push(GuestDescriptors.KernelCode);
                code.lea(rax, __[behind]);
                code.push(rax);
                code.iretq();
                code.Label(ref behind);
                code.nop();
            },
            Outcome.EndsSomehow),
        new("an unaligned read with alignment checks, in ring 3", code =>
            {
                code.mov(rbx, HostileLayout.Scratch + 1);
                code.mov(eax, __dword_ptr[rbx]);
            },
            Outcome.Raises(17, 0))
        {
            Ring = 3,
            Prepare = guest =>
            {
                IVirtualCpu cpu = guest.Guest.Cpu;
                SystemRegisters system = cpu.SystemRegisters;
                system.Cr0 |= 1 << 18;
                cpu.SystemRegisters = system;
                cpu.Registers = cpu.Registers with { Rflags = cpu.Registers.Rflags | (1 << 18) };
            },
        },
    ];

    private static IEnumerable<Attack> Privileged()
    {
        (string Name, Action<Assembler> Code)[] instructions =
        [
            ("hlt", code => code.hlt()),
            ("a read of CR0", code => code.mov(rax, cr0)),
            ("a write of CR3", code => code.mov(cr3, rax)),
            ("a write of CR8", code => code.mov(cr8, rax)),
            ("a read of DR7", code => code.mov(rax, dr7)),
            ("lgdt", code => code.lgdt(__[rsp])),
            ("lidt", code => code.lidt(__[rsp])),
            ("lldt", code => code.lldt(ax)),
            ("ltr", code => code.ltr(ax)),
            ("lmsw", code => code.lmsw(ax)),
            ("clts", code => code.clts()),
            ("invlpg", code => code.invlpg(__byte_ptr[rsp])),
            ("rdmsr", code => code.rdmsr()),
            ("wrmsr", code => code.wrmsr()),
            ("wbinvd", code => code.wbinvd()),
            ("swapgs", code => code.swapgs()),
            ("sysretq", code => code.sysretq()),
        ];
        return instructions.Select(instruction => new Attack(
            $"{instruction.Name} in ring 3", instruction.Code, Outcome.Raises(13, 0))
        {
            Ring = 3,
        });
    }

    private static Attack WriteMsr(string name, uint index, ulong value, Outcome outcome) => new(
        $"a write of {name}",
        code =>
        {
            code.mov(ecx, index);
            code.mov(eax, (uint)value);
            code.mov(edx, (uint)(value >> 32));
            code.wrmsr();
        },
        outcome);

    private static Attack Control(string name, Action<Assembler> change, int number, Outcome outcome) => new(
        name,
        code =>
        {
            AssemblerRegisterCR register = number switch
            {
                0 => cr0,
                2 => cr2,
                4 => cr4,
                _ => cr8,
            };
            code.mov(rax, register);
            change(code);
            code.mov(register, rax);
        },
        outcome);

    // rdmsr has two bytes.
    private static void SkipTwoBytesOnFault(HostileGuest guest)
    {
        const ulong Handler = HostileLayout.Scratch + 0x8000;
        guest.Memory.WriteExactly(Handler, HostileGuest.Code(Handler, code =>
        {
            code.add(__qword_ptr[rsp + 8], 2);
            code.add(rsp, 8);
            code.iretq();
        }));
        guest.Guest.SetHandler(13, Handler);
    }
}
