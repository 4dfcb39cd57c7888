using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Attacks by I/O ports.</summary>
internal static class PortAttacks
{
    private const ushort Port = 0x1234;

    public static IEnumerable<Attack> All() =>
    [
        new("reads of all sizes from nobody's port", code =>
            {
                code.mov(edx, Port);
                code.@in(al, dx);
                code.@in(ax, dx);
                code.@in(eax, dx);
                code.SendResult();
            },
            Outcome.PassesAfter(Exits.In(Port, 1), Exits.In(Port, 2), Exits.In(Port, 4))
                .And(Outcome.Returns(HostileGuest.HoleDword))),
        new("a read of one byte leaves the others alone", code =>
            {
                code.mov(rax, -1L);
                code.mov(edx, Port);
                code.@in(al, dx);
                code.SendResult();
            },
            Outcome.Returns(0xFFFF_FFFF_FFFF_FF00 | (HostileGuest.HoleDword & 0xFF))),
        new("writes of all sizes to nobody's port", code =>
            {
                code.mov(edx, Port);
                code.mov(rax, 0x8877_6655_4433_2211);
                code.@out(dx, al);
                code.@out(dx, ax);
                code.@out(dx, eax);
                code.@out(0x7F, al);
            },
            Outcome.PassesAfter(
                Exits.Out(Port, 1, 0x11), Exits.Out(Port, 2, 0x2211), Exits.Out(Port, 4, 0x4433_2211), Exits.Out(0x7F, 1, 0x11))),
        new("four bytes at the last port", code =>
            {
                code.mov(edx, 0xFFFF);
                code.@out(dx, eax);
                code.@in(eax, dx);
            },
            Outcome.EndsSomehow),
        new("a string of bytes to a port", code =>
            {
                code.mov(rax, 0x4433_2211_0000_0000);
                code.mov(rsi, HostileLayout.Scratch);
                code.mov(__qword_ptr[rsi], rax);
                code.add(rsi, 4);
                code.mov(edx, Port);
                code.mov(ecx, 3);
                code.rep.outsb();
            },
            Outcome.PassesAfter(Exits.Out(Port, 1, 0x11), Exits.Out(Port, 1, 0x22), Exits.Out(Port, 1, 0x33))),
        new("a string of words from a port", code =>
            {
                code.mov(rdi, HostileLayout.Scratch);
                code.mov(edx, Port);
                code.mov(ecx, 4);
                code.rep.insw();
            },
            Outcome.PassesAfter([.. Enumerable.Repeat(Exits.In(Port, 2), 4)])
                .AndMemory(HostileLayout.Scratch, 0x0B1C_0B1C_0B1C_0B1C)),
        new("an endless string to a port", code => String(code, HostileLayout.Scratch, body => body.rep.outsb()), Outcome.Floods),
        new("an endless string from a port", code => String(code, HostileLayout.Scratch, body => body.rep.insd()),
            Outcome.Floods),
        new("an endless string to a port, downward", code =>
            {
                code.std();
                String(code, HostileLayout.Scratch, body => body.rep.outsd());
            },
            Outcome.Floods),
        new("a string to a port from the void", code => String(code, HostileLayout.Void, body => body.rep.outsb()),
            Outcome.Raises(14, 0, HostileLayout.Void)),
        new("a string from a port into the void", code => String(code, HostileLayout.Void, body => body.rep.insb()),
            Outcome.Raises(14, 2, HostileLayout.Void)),
        new("a string from a port to where no memory is", code => String(code, HostileLayout.FarHole, body => body.rep.insb()),
            Outcome.EndsSomehow),
        new("a string to a port from where no memory is", code => String(code, HostileLayout.FarHole, body => body.rep.outsd()),
            Outcome.EndsSomehow),
        new("a string from a port into ROM", code => String(code, HostileLayout.Rom, body => body.rep.insb()),
            Outcome.EndsSomehow),
        new("a port without the right to it", code =>
            {
                code.mov(edx, Port);
                code.@in(al, dx);
            },
            Outcome.Raises(13, 0))
        {
            Ring = 3,
        },
        new("a string to a port without the right to it", code => String(code, HostileLayout.Scratch, body => body.rep.outsb()),
            Outcome.Raises(13, 0))
        {
            Ring = 3,
        },
        new("cli without the right to it", code => code.cli(), Outcome.Raises(13, 0))
        {
            Ring = 3,
        },
        new("a port with the right to it", code =>
            {
                code.mov(edx, Port);
                code.@in(al, dx);
            },
            Outcome.Raises(13, 0)
                .And(new Outcome("it reads it", (guest, _) => guest.OtherExits.SequenceEqual([Exits.In(Port, 1)]))))
        {
            // What it raises comes from the halt behind it.
            Ring = 3,
            Prepare = guest => guest.Guest.Cpu.Registers = guest.Guest.Cpu.Registers with
            {
                Rflags = GeneralRegisters.FixedFlags | (3 << 12),
            },
        },
        new("popf that asks for the right to ports", code =>
            {
                code.push(0x3202);
                code.popfq();
                code.mov(edx, Port);
                code.@in(al, dx);
            },
            Outcome.Raises(13, 0))
        {
            Ring = 3,
        },
    ];

    private static void String(Assembler code, ulong address, Action<Assembler> instruction)
    {
        code.mov(rsi, address);
        code.mov(rdi, address);
        code.mov(edx, Port);
        code.mov(rcx, -1L);
        instruction(code);
    }
}
