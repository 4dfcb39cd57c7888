using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Attacks by changing code: the next instruction, by every kind of store; by another address; where code
/// ends.</summary>
internal static class CodeAttacks
{
    private const ulong Nops = 0x9090_9090_9090_9090;
    private const ulong AliasEnd = HostileLayout.ImageAlias + HostileLayout.AliasBytes;

    public static IEnumerable<Attack> All() =>
    [
        Overwrite("a move", code => code.mov(__qword_ptr[rdi], rax)),
        Overwrite("two moves", code =>
            {
                code.mov(__dword_ptr[rdi], eax);
                code.mov(__dword_ptr[rdi + 4], eax);
            }),
        Overwrite("a push", code =>
            {
                code.mov(rbx, rsp);
                code.lea(rsp, __[rdi + 8]);
                code.push(rax);
                code.mov(rsp, rbx);
            }),
        Overwrite("an exchange", code => code.xchg(__qword_ptr[rdi], rax)),
        Overwrite("a comparison and exchange", code =>
            {
                code.mov(rbx, rax);
                code.mov(rax, __qword_ptr[rdi]);
                code.@lock.cmpxchg(__qword_ptr[rdi], rbx);
            }),
        Overwrite("an addition", code =>
            {
                code.sub(rax, __qword_ptr[rdi]);
                code.add(__qword_ptr[rdi], rax);
            }),
        Overwrite("a string instruction", code => code.stosq()),
        Overwrite("a repeated string instruction", code =>
            {
                code.mov(ecx, 8);
                code.rep.stosb();
            }),
        Overwrite("a store of a vector", code =>
            {
                code.movq(xmm0, rax);
                code.movlps(__qword_ptr[rdi], xmm0);
            }),
        Overwrite("a masked store", code =>
            {
                code.movq(xmm0, rax);
                code.movq(xmm1, rax);
                code.maskmovdqu(xmm0, xmm1);
            }),
        Overwrite("a pop", code =>
            {
                code.push(rax);
                code.pop(__qword_ptr[rdi]);
            }),
        Overwrite("bits", code =>
            {
                // ud2 is 0F 0B; a nop's ends in the byte 90.
                code.mov(rax, __qword_ptr[rdi]);
                code.mov(rbx, Nops);
                code.xor(rax, rbx);
                for (int bit = 0; bit < 64; bit++)
                {
                    Label same = code.CreateLabel();
                    code.bt(rax, (sbyte)bit);
                    code.jae(same);
                    code.btc(__qword_ptr[rdi], (sbyte)bit);
                    code.Label(ref same);
                }
            }),
        new("code changed by its other address", code =>
            {
                Label changed = code.CreateLabel();
                code.lea(rdi, __[changed]);
                code.add(rdi, (int)(HostileLayout.ImageAlias - BareLayout.Image));
                code.mov(rax, Nops);
                code.mov(__qword_ptr[rdi], rax);

                // Another address of the same code is noticed after an instruction that serialises.
                code.xor(eax, eax);
                code.cpuid();
                code.Label(ref changed);
                FourUndefined(code);
            },
            Outcome.Passes),
        new("code at its other address, changed at the first", code =>
            {
                Label changed = code.CreateLabel();
                Label entry = code.CreateLabel();
                code.lea(rax, __[entry]);
                code.add(rax, (int)(HostileLayout.ImageAlias - BareLayout.Image));
                code.jmp(rax);
                code.Label(ref entry);
                code.mov(rdi, BareLayout.Image);
                code.lea(rbx, __[changed]);
                code.mov(rcx, HostileLayout.ImageAlias - BareLayout.Image);
                code.sub(rbx, rcx);
                code.mov(rax, Nops);
                code.mov(__qword_ptr[rbx], rax);
                code.xor(eax, eax);
                code.cpuid();
                code.Label(ref changed);
                FourUndefined(code);
            },
            Outcome.Passes),
        new("an instruction whose end is not mapped", code => code.JumpTo(AliasEnd - 2), Outcome.Raises(14, 0x10, AliasEnd))
        {
            // mov eax, imm32, of which two bytes are there.
            Prepare = guest => guest.Memory.Write<ushort>(BareLayout.Image + HostileLayout.AliasBytes - 2, 0x00B8),
        },
        new("an instruction that begins in RAM and ends where no memory is", code => code.JumpTo(HostileLayout.Hole - 2),
            Outcome.EndsSomehow)
        {
            Prepare = guest => guest.Memory.Write<ushort>(HostileLayout.Hole - 2, 0x00B8),
        },
        new("code that runs out of RAM", code => code.JumpTo(HostileLayout.Hole - 16), Outcome.EndsSomehow)
        {
            Prepare = guest =>
            {
                guest.Memory.Write(HostileLayout.Hole - 16, Nops);
                guest.Memory.Write(HostileLayout.Hole - 8, Nops);
            },
        },
        new("code in ROM that runs out of it", code => code.JumpTo(HostileLayout.Rom + 0x3F00), Outcome.Raises(14, 0x10)),
        new("an endless loop that changes itself", code =>
            {
                Label changed = code.CreateLabel();
                code.AnonymousLoop(body =>
                {
                    body.inc(eax);
                    body.lea(rdi, __[changed]);
                    body.mov(__dword_ptr[rdi + 1], eax);
                    body.Label(ref changed);
                    body.mov(ebx, 0);
                });
            },
            Outcome.RunsOn),
        new("an endless walk of code that writes its successor", WalkingCode, Outcome.EndsSomehow),
        new("a right to execute that is taken away from the running page", code =>
            {
                // The host has left the address of the page's entry.
                code.mov(rbx, HostileLayout.Scratch);
                code.mov(rbx, __qword_ptr[rbx]);
                code.mov(rax, __qword_ptr[rbx]);
                code.bts(rax, 63);
                code.mov(__qword_ptr[rbx], rax);
                code.mov(rax, BareLayout.Image);
                code.invlpg(__byte_ptr[rax]);
                code.nop();
            },
            Outcome.Raises(14, 0x11))
        {
            Prepare = guest => guest.Memory.Write(HostileLayout.Scratch, guest.EntryAddress(BareLayout.Image)),
        },
        new("a running page that is replaced", code =>
            {
                // Behind the switch the other page has nops where this one has undefined instructions.
                code.mov(rbx, HostileLayout.Scratch);
                code.mov(rcx, __qword_ptr[rbx]);
                code.mov(rax, __qword_ptr[rbx + 8]);
                code.mov(__qword_ptr[rcx], rax);
                code.mov(rax, cr3);
                code.mov(cr3, rax);
                FourUndefined(code);
            },
            Outcome.Passes)
        {
            Prepare = ReplacePage,
        },
    ];

    // Each copies itself behind itself, until something is in the way.
    private static void WalkingCode(Assembler code)
    {
        const ulong First = HostileLayout.Hole - 0x1000;
        byte[] walker = HostileGuest.Code(First, Walker);
        code.mov(rdi, First);
        for (int i = 0; i < walker.Length; i++)
            code.mov(__byte_ptr[rdi + i], walker[i]);

        code.jmp(rdi);
    }

    private static void Walker(Assembler code)
    {
        Label start = code.CreateLabel();
        Label end = code.CreateLabel();
        code.Label(ref start);
        code.lea(rsi, __[start]);
        code.lea(rdi, __[end]);
        code.mov(ecx, 64);
        code.rep.movsb();
        code.Label(ref end);
        code.nop();
    }

    private static void FourUndefined(Assembler code)
    {
        for (int i = 0; i < 4; i++)
            code.ud2();
    }

    private static void ReplacePage(HostileGuest guest)
    {
        const ulong Other = HostileLayout.Scratch + 0x1000;
        byte[] page = new byte[0x1000];
        guest.Memory.ReadExactly(BareLayout.Image, page);
        for (int i = 0; i + 1 < page.Length; i++)
        {
            if (page[i] == 0x0F && page[i + 1] == 0x0B)
                page[i] = page[i + 1] = 0x90;
        }

        ulong entry = guest.EntryAddress(BareLayout.Image);
        guest.Memory.WriteExactly(Other, page);
        guest.Memory.Write(HostileLayout.Scratch, entry);
        guest.Memory.Write(HostileLayout.Scratch + 8, (guest.Memory.Read<ulong>(entry) & 0xFFF) | Other);
    }

    /// <summary>Undefined instructions that an instruction before them replaces. RDI has their address, RAX nops.</summary>
    private static Attack Overwrite(string by, Action<Assembler> write) => new(
        $"the next instruction overwritten by {by}",
        code =>
        {
            Label changed = code.CreateLabel();
            code.lea(rdi, __[changed]);
            code.mov(rax, Nops);
            write(code);
            code.nop();
            code.Label(ref changed);
            FourUndefined(code);
        },
        Outcome.Passes);
}
