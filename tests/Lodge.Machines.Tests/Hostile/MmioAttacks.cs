using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Attacks on addresses at which no memory is, or only memory that cannot be written.</summary>
internal static class MmioAttacks
{
    private const ulong Far = HostileLayout.FarHole;
    private const ulong End = HostileLayout.Hole;
    private const ulong Value = HostileGuest.HoleValue;
    private const ulong Pattern = 0x8877_6655_4433_2211;

    public static IEnumerable<Attack> All() =>
    [
        .. Whole(),
        .. Crossing(),
        .. Stacks(),
        .. Unusual(),
    ];

    private static IEnumerable<Attack> Whole() =>
    [
        At("reads of all sizes where no memory is", Far, code =>
            {
                code.mov(cl, __byte_ptr[rbx]);
                code.mov(cx, __word_ptr[rbx + 0x10]);
                code.mov(ecx, __dword_ptr[rbx + 0x20]);
                code.mov(rcx, __qword_ptr[rbx + 0x30]);
            },
            Outcome.PassesAfter(
                Exits.Read(Far, 1), Exits.Read(Far + 0x10, 2), Exits.Read(Far + 0x20, 4), Exits.Read(Far + 0x30, 8))),
        At("what is read where no memory is", Far, code =>
            {
                code.mov(rax, __qword_ptr[rbx]);
                code.SendResult();
            },
            Outcome.Returns(Value)),
        At("a read that extends the sign", Far, code =>
            {
                code.movsxd(rax, __dword_ptr[rbx]);
                code.SendResult();
            },
            Outcome.Returns(unchecked((ulong)(int)Value))),
        At("a read into a high byte", Far, code =>
            {
                code.mov(rax, Pattern);
                code.mov(ah, __byte_ptr[rbx]);
                code.SendResult();
            },
            Outcome.Returns((Pattern & ~0xFF00UL) | ((Value & 0xFF) << 8))),
        At("writes of all sizes where no memory is", Far, code =>
            {
                code.mov(__byte_ptr[rbx], al);
                code.mov(__byte_ptr[rbx + 8], ah);
                code.mov(__word_ptr[rbx + 0x10], ax);
                code.mov(__dword_ptr[rbx + 0x20], eax);
                code.mov(__qword_ptr[rbx + 0x30], rax);
                code.mov(__qword_ptr[rbx + 0x38], -2);
            },
            Outcome.PassesAfter(
                Exits.Write(Far, 1, 0x11),
                Exits.Write(Far + 8, 1, 0x22),
                Exits.Write(Far + 0x10, 2, 0x2211),
                Exits.Write(Far + 0x20, 4, 0x4433_2211),
                Exits.Write(Far + 0x30, 8, Pattern),
                Exits.Write(Far + 0x38, 8, ulong.MaxValue - 1))),
        At("a write to ROM", HostileLayout.Rom, code => code.mov(__dword_ptr[rbx + 4], eax),
            Outcome.PassesAfter(Exits.Write(HostileLayout.Rom + 4, 4, 0x4433_2211))),
        At("a change of ROM", HostileLayout.Rom, code => code.@lock.add(__byte_ptr[rbx], 1),
            Outcome.PassesAfter(Exits.Write(HostileLayout.Rom, 1, 0x91))),
        At("a read of ROM", HostileLayout.Rom, code =>
            {
                code.mov(rax, __qword_ptr[rbx]);
                code.SendResult();
            },
            Outcome.Returns(0x9090_9090_9090_9090)),
        At("a change where no memory is", Far, code => code.add(__dword_ptr[rbx], 1),
            Outcome.PassesAfter(Exits.Read(Far, 4), Exits.Write(Far, 4, HostileGuest.HoleDword + 1))),
        At("a locked addition where no memory is", Far, code =>
            {
                code.@lock.xadd(__qword_ptr[rbx], rax);
                code.SendResult();
            },
            Outcome.PassesAfter(Exits.Read(Far, 8), Exits.Write(Far, 8, unchecked(Value + Pattern))).And(Outcome.Returns(Value))),
        At("an exchange where no memory is", Far, code =>
            {
                code.xchg(__qword_ptr[rbx], rax);
                code.SendResult();
            },
            Outcome.PassesAfter(Exits.Read(Far, 8), Exits.Write(Far, 8, Pattern)).And(Outcome.Returns(Value))),
        At("a comparison and exchange where no memory is", Far, code =>
            {
                code.mov(rax, Value);
                code.mov(rcx, Pattern);
                code.@lock.cmpxchg(__qword_ptr[rbx], rcx);
                code.sete(al);
                code.movzx(eax, al);
                code.SendResult();
            },
            Outcome.PassesAfter(Exits.Read(Far, 8), Exits.Write(Far, 8, Pattern)).And(Outcome.Returns(1))),
        At("a comparison and exchange that fails where no memory is", Far, code =>
            {
                code.@lock.cmpxchg(__qword_ptr[rbx], rcx);
                code.SendResult();
            },
            Outcome.Returns(Value)),
        At("all locked operations where no memory is", Far, code =>
            {
                code.@lock.or(__byte_ptr[rbx], 1);
                code.@lock.and(__word_ptr[rbx], 1);
                code.@lock.xor(__dword_ptr[rbx], 1);
                code.@lock.sub(__qword_ptr[rbx], 1);
                code.@lock.inc(__dword_ptr[rbx]);
                code.@lock.neg(__dword_ptr[rbx]);
                code.@lock.not(__dword_ptr[rbx]);
                code.@lock.bts(__dword_ptr[rbx], 5);
                code.@lock.cmpxchg8b(__qword_ptr[rbx]);
            },
            Outcome.Passes),
        At("16 bytes compared and exchanged where no memory is", Far, code => code.@lock.cmpxchg16b(__xmmword_ptr[rbx]),
            Outcome.EndsSomehow),
        At("a read of 16 bytes where no memory is", Far, code => code.movdqu(xmm0, __xmmword_ptr[rbx]),
            Outcome.PassesAfter(Exits.Read(Far, 8), Exits.Read(Far + 8, 8))),
        At("a write of 16 bytes where no memory is", Far, code =>
            {
                code.movq(xmm1, rax);
                code.punpcklqdq(xmm1, xmm1);
                code.movups(__xmmword_ptr[rbx], xmm1);
            },
            Outcome.PassesAfter(Exits.Write(Far, 8, Pattern), Exits.Write(Far + 8, 8, Pattern))),
        At("unaligned 16 bytes where the instruction wants them aligned", Far + 8, code => code.movdqa(xmm0, __xmmword_ptr[rbx]),
            Outcome.Raises(13, 0)),
        At("vector arithmetic where no memory is", Far, code => code.paddd(xmm0, __xmmword_ptr[rbx]), Outcome.EndsSomehow),
    ];

    private static IEnumerable<Attack> Crossing() =>
    [
        At("a read that begins in RAM and ends behind it", End - 4, code =>
            {
                code.mov(__dword_ptr[rbx], 0x1122_3344);
                code.mov(rax, __qword_ptr[rbx]);
                code.SendResult();
            },
            Outcome.PassesAfter(Exits.Read(End, 4)).And(Outcome.Returns(((Value & uint.MaxValue) << 32) | 0x1122_3344))),
        At("a read of which five bytes lie behind RAM", End - 3, code =>
            {
                code.mov(rax, __qword_ptr[rbx]);
                code.SendResult();
            },
            Outcome.PassesAfter(Exits.Read(End, 5)).And(Outcome.Returns(Value << 24))),
        At("a write that begins in RAM and ends behind it", End - 4, code => code.mov(__qword_ptr[rbx], rax),
            Outcome.PassesAfter(Exits.Write(End, 4, Pattern >> 32)).AndMemory(End - 8, Pattern << 32)),
        At("a change that begins in RAM and ends behind it", End - 2, code => code.add(__dword_ptr[rbx], 1), Outcome.Passes),
        At("a locked change that begins in RAM and ends behind it", End - 2, code => code.@lock.add(__dword_ptr[rbx], 1),
            Outcome.EndsSomehow),
        At("16 bytes that begin in RAM and end behind it", End - 5, code =>
            {
                code.movdqu(xmm0, __xmmword_ptr[rbx]);
                code.movups(__xmmword_ptr[rbx], xmm0);
            },
            Outcome.EndsSomehow),
        At("a read that begins before ROM", HostileLayout.Rom - 2, code => code.mov(eax, __dword_ptr[rbx]), Outcome.Raises(14)),
        At("a read that ends where nothing is mapped", HostileLayout.NoExecuteAlias + HostileLayout.AliasBytes - 4,
            code => code.mov(rax, __qword_ptr[rbx]),
            Outcome.Raises(14, 0, HostileLayout.NoExecuteAlias + HostileLayout.AliasBytes)),
        At("a write that ends where nothing is mapped", HostileLayout.NoExecuteAlias + HostileLayout.AliasBytes - 4,
            code => code.mov(__qword_ptr[rbx], rax),
            Outcome.Raises(14, 2, HostileLayout.NoExecuteAlias + HostileLayout.AliasBytes)
                .AndMemory(HostileLayout.Aliased + HostileLayout.AliasBytes - 8, 0)),
        At("a read that ends where nothing is mapped, of no memory", Far + HostileLayout.HoleBytes - 4,
            code => code.mov(rax, __qword_ptr[rbx]),
            Outcome.Raises(14, 0, Far + HostileLayout.HoleBytes)),
        At("a read that crosses pages of no memory", Far + 0xFFC, code => code.mov(rax, __qword_ptr[rbx]), Outcome.Passes),
        At("a write that crosses pages of ROM", HostileLayout.Rom + 0xFFA, code => code.mov(__qword_ptr[rbx], rax),
            Outcome.Passes),
        At("a change of a page that is read-only to the end", HostileLayout.ReadOnlyAlias + 0xFFC,
            code => code.add(__qword_ptr[rbx], rax),
            Outcome.Raises(14, 3)),
        At("a read around the end of all addresses", ulong.MaxValue - 3, code => code.mov(rax, __qword_ptr[rbx]),
            Outcome.EndsSomehow),
        At("a write around the end of all addresses", ulong.MaxValue - 3, code => code.mov(__qword_ptr[rbx], rax),
            Outcome.EndsSomehow),
        At("a read across the edge of the canonical addresses", 0x0000_7FFF_FFFF_FFFC, code => code.mov(rax, __qword_ptr[rbx]),
            Outcome.EndsSomehow),
        At("a read of a non-canonical address", HostileLayout.NonCanonical, code => code.mov(rax, __qword_ptr[rbx]),
            Outcome.Raises(13, 0)),
        At("a comparison and exchange across two pages", HostileLayout.Scratch + 0xFFC,
            code => code.@lock.cmpxchg(__qword_ptr[rbx], rcx),
            Outcome.EndsSomehow),
    ];

    private static IEnumerable<Attack> Stacks() =>
    [
        At("a push where no memory is", Far + 0x100, code =>
            {
                code.mov(rsp, rbx);
                code.push(rax);
            },
            Outcome.PassesAfter(Exits.Write(Far + 0xF8, 8, Pattern))),
        At("a pop where no memory is", Far + 0x100, code =>
            {
                code.mov(rsp, rbx);
                code.pop(rcx);
                code.mov(rsp, BareLayout.StackTop);
                code.mov(rax, rcx);
                code.SendResult();
            },
            Outcome.PassesAfter(Exits.Read(Far + 0x100, 8)).And(Outcome.Returns(Value))),
        At("a pop from RAM to where no memory is", Far, code =>
            {
                code.push(rax);
                code.pop(__qword_ptr[rbx]);
            },
            Outcome.PassesAfter(Exits.Write(Far, 8, Pattern))),
        At("a push from where no memory is to where none is", Far + 0x100, code =>
            {
                code.mov(rsp, rbx);
                code.push(__qword_ptr[rbx + 0x100]);
            },
            Outcome.PassesAfter(Exits.Read(Far + 0x200, 8), Exits.Write(Far + 0xF8, 8, Value))),
        At("a return address where no memory is", Far + 0x100, code =>
            {
                code.mov(rsp, rbx);
                code.ret();
            },
            Outcome.EndsSomehow),
        At("an exception with the stack where no memory is", Far + 0x800, code =>
            {
                code.mov(rsp, rbx);
                code.ud2();
            },
            Outcome.EndsSomehow),
        At("an exception with the stack in ROM", HostileLayout.Rom + 0x800, code =>
            {
                code.mov(rsp, rbx);
                code.ud2();
            },
            Outcome.EndsSomehow),
        At("an interrupt's return with its frame where no memory is", Far, code =>
            {
                code.mov(rsp, rbx);
                code.iretq();
            },
            Outcome.EndsSomehow),
        At("enter and leave where no memory is", Far + 0x800, code =>
            {
                code.mov(rsp, rbx);
                code.mov(rbp, rbx);
                code.enter(32, 3);
                code.leave();
            },
            Outcome.EndsSomehow),
    ];

    private static IEnumerable<Attack> Unusual() =>
    [
        At("a jump by a pointer where no memory is", Far, code => code.jmp(__qword_ptr[rbx]), Outcome.Raises(13, 0)),
        At("a segment where no memory is", Far, code => code.mov(ds, __word_ptr[rbx]), Outcome.Raises(13, 0x0B1C)),
        At("a descriptor table's pointer where no memory is", Far, code => code.lgdt(__[rbx]), Outcome.EndsSomehow),
        At("a far jump by a pointer where no memory is", Far, code => code.db(0x48, 0xFF, 0x2B), Outcome.EndsSomehow),
        At("a division by what is where no memory is", Far, code =>
            {
                code.xor(edx, edx);
                code.div(__dword_ptr[rbx]);
            },
            Outcome.Passes),
        At("a bit far away where no memory is", Far, code =>
            {
                code.mov(eax, 8 * 0x100);
                code.bts(__dword_ptr[rbx], eax);
            },
            Outcome.PassesAfter(Exits.Read(Far + 0x100, 4), Exits.Write(Far + 0x100, 4, HostileGuest.HoleDword | 1))),
        At("a bit before the first address", 0, code =>
            {
                code.mov(rax, long.MinValue);
                code.btc(__qword_ptr[rbx], rax);
            },
            Outcome.EndsSomehow),
        At("a table lookup where no memory is", Far, code =>
            {
                code.mov(al, 7);
                code.xlatb();
            },
            Outcome.PassesAfter(Exits.Read(Far + 7, 1))),
        At("string instructions where no memory is", Far, code =>
            {
                code.mov(rsi, rbx);
                code.mov(rdi, rbx);
                code.lodsb();
                code.stosd();
                code.movsq();
                code.scasw();
                code.cmpsb();
            },
            Outcome.Passes),
        At("a masked store where no memory is", Far, code =>
            {
                code.mov(rdi, rbx);
                code.movq(xmm1, rax);
                code.maskmovdqu(xmm0, xmm1);
            },
            Outcome.EndsSomehow),
        At("the state of the FPU to where no memory is", Far, code => code.fxsave(__[rbx]), Outcome.EndsSomehow),
        At("the state of the FPU from where no memory is", Far, code => code.fxrstor(__[rbx]), Outcome.EndsSomehow),
        At("the state of the FPU to an unaligned address", HostileLayout.Scratch + 8, code => code.fxsave(__[rbx]),
            Outcome.Raises(13, 0)),
        At("reserved bits of MXCSR from where no memory is", Far, code => code.ldmxcsr(__dword_ptr[rbx]), Outcome.Raises(13, 0)),
        At("a cached store to where no memory is", Far, code => code.movnti(__qword_ptr[rbx], rax), Outcome.EndsSomehow),
        At("flushes of no memory", Far, code =>
            {
                code.clflush(__byte_ptr[rbx]);
                code.prefetcht0(__byte_ptr[rbx]);
                code.invlpg(__byte_ptr[rbx]);
            },
            Outcome.Passes),
        new("prefetches of the void", code =>
            {
                code.mov(rbx, HostileLayout.Void);
                code.prefetcht0(__byte_ptr[rbx]);
                code.mov(rbx, HostileLayout.NonCanonical);
                code.prefetchnta(__byte_ptr[rbx]);
            },
            Outcome.PassesAfter()),
    ];

    // RBX has the address, RAX the pattern, RCX the address too.
    private static Attack At(string name, ulong address, Action<Assembler> write, Outcome outcome) => new(
        name,
        code =>
        {
            code.mov(rbx, address);
            code.mov(rcx, address);
            code.mov(rax, Pattern);
            write(code);
        },
        outcome);
}
