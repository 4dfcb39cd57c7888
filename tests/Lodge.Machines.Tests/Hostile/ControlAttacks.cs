using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Attacks by going where no code is, and by never ending.</summary>
internal static class ControlAttacks
{
    private const ulong FlagTrap = 1 << 8;

    public static IEnumerable<Attack> All() =>
    [
        new("an endless loop of one instruction", code => code.AnonymousLoop(_ => { }), Outcome.RunsOn),
        new("an endless loop through calls and returns", EndlessCalls, Outcome.RunsOn),
        new("an endless loop of jumps to computed addresses", EndlessComputedJumps, Outcome.RunsOn),
        new("a halt with interrupts off", code => code.hlt(), Outcome.Passes),
        new("undefined instruction", code => code.ud2(), Outcome.Raises(6, 0)),
        new("an instruction of 16 bytes", code => code.db(TooLong), Outcome.Raises(13, 0)),
        new("prefixes without end", code => code.db(OnlyPrefixes), Outcome.Raises(13, 0)),
        new("lock on an instruction that cannot be locked", code => code.db(0xF0, 0x90), Outcome.Raises(6, 0)),
        new("lock on a register", code => code.db(0xF0, 0x01, 0xC8), Outcome.Raises(6, 0)),
        new("a jump to a non-canonical address", code => code.JumpTo(HostileLayout.NonCanonical), Outcome.Raises(13, 0)),
        new("a jump to where nothing is mapped", code => code.JumpTo(HostileLayout.Void),
            Outcome.Raises(14, 0x10, HostileLayout.Void)),
        new("a jump to a page that must not be executed", code => code.JumpTo(HostileLayout.NoExecuteAlias),
            Outcome.Raises(14, 0x11, HostileLayout.NoExecuteAlias)),
        new("a jump to where no memory is", code => code.JumpTo(HostileLayout.FarHole), Outcome.EndsSomehow),
        new("a jump to a region that must not be executed", code => code.JumpTo(HostileLayout.DataOnly), Outcome.EndsSomehow),
        new("a jump to the last address", code => code.JumpTo(ulong.MaxValue), Outcome.Raises(14)),
        new("a return to a non-canonical address", ReturnToNonCanonical, Outcome.Raises(13, 0)),
        new("a call through memory that is not there", code =>
            {
                code.mov(rax, HostileLayout.Void);
                code.call(__qword_ptr[rax]);
            },
            Outcome.Raises(14, 0, HostileLayout.Void)),
        new("a call with the stack in the void", code =>
            {
                code.mov(rsp, HostileLayout.Void);
                Label target = code.CreateLabel();
                code.call(target);
                code.Label(ref target);
                code.nop();
            },
            Outcome.ShutsDown),
        new("a division by zero", code =>
            {
                code.xor(ecx, ecx);
                code.div(rcx);
            },
            Outcome.Raises(0, 0)),
        new("a division whose quotient does not fit", code =>
            {
                code.mov(rax, 0x8000_0000_0000_0000);
                code.cqo();
                code.mov(rcx, -1L);
                code.idiv(rcx);
            },
            Outcome.Raises(0, 0)),
        new("single steps that never end", EndlessSteps, Outcome.RunsOn),
        new("a single step by popf", code => SetTrapFlag(code, byIret: false), Outcome.Raises(1, 0)),
        new("a single step by iretq", code => SetTrapFlag(code, byIret: true), Outcome.Raises(1, 0)),
        new("icebp", code => code.db(0xF1), Outcome.Raises(1, 0)),
        new("a trap flag that is set in front of a halt", code =>
            {
                code.pushfq();
                code.or(__dword_ptr[rsp], (int)FlagTrap);
                code.popfq();
                code.hlt();
            },
            Outcome.EndsSomehow),
        new("a flood of software interrupts", InterruptFlood, Outcome.RunsOn),
        new("enter with the deepest nesting", code =>
            {
                code.mov(rbp, HostileLayout.Scratch + 0x1000);
                code.enter(0x7FFF, 31);
            },
            Outcome.Passes),
        new("enter whose frames are in the void", code =>
            {
                code.mov(rbp, HostileLayout.Void);
                code.enter(16, 31);
            },
            Outcome.Raises(14, 0, HostileLayout.Void - 8)),
        new("enter whose stack ends in the middle", code =>
            {
                code.mov(rbp, HostileLayout.Scratch + 0x1000);
                code.mov(rsp, HostileLayout.ReadOnlyAlias + 0x20);
                code.enter(16, 31);
            },
            Outcome.Raises(14))
        {
            UsesInterruptStack = true,
        },
        new("enter with nesting beyond 31, over and over", code => code.AnonymousLoop(body => body.enter(-1, -1)),
            Outcome.EndsSomehow),
        new("leave to a non-canonical frame", code =>
            {
                code.mov(rbp, HostileLayout.NonCanonical);
                code.leave();
            },
            Outcome.Raises(12, 0))
        {
            UsesInterruptStack = true,
        },
    ];

    // 15 bytes are the most.
    private static readonly byte[] TooLong = [.. Enumerable.Repeat((byte)0x66, 15), 0x90];

    private static readonly byte[] OnlyPrefixes = [.. Enumerable.Repeat((byte)0x2E, 4096)];

    /// <summary>A loop without a way out.</summary>
    public static void AnonymousLoop(this Assembler code, Action<Assembler> body)
    {
        Label start = code.CreateLabel();
        code.Label(ref start);
        body(code);
        code.jmp(start);
    }

    private static void EndlessCalls(Assembler code)
    {
        Label function = code.CreateLabel();
        Label start = code.CreateLabel();
        code.Label(ref start);
        code.call(function);
        code.jmp(start);
        code.Label(ref function);
        code.inc(rax);
        code.ret();
    }

    // Two targets, at different offsets of two pages.
    private static void EndlessComputedJumps(Assembler code)
    {
        byte[] jump = HostileGuest.Code(HostileLayout.Scratch, body => body.jmp(rbx));
        code.mov(rdi, HostileLayout.Scratch);
        for (int i = 0; i < jump.Length; i++)
            code.mov(__byte_ptr[rdi + i], jump[i]);

        code.mov(rax, HostileLayout.Scratch);
        Label back = code.CreateLabel();
        code.lea(rbx, __[back]);
        code.Label(ref back);
        code.inc(rcx);
        code.jmp(rax);
    }

    private static void ReturnToNonCanonical(Assembler code)
    {
        code.mov(rax, HostileLayout.NonCanonical);
        code.push(rax);
        code.ret();
    }

    private static void SetTrapFlag(Assembler code, bool byIret)
    {
        Label behind = code.CreateLabel();
        if (byIret)
        {
            code.mov(rax, rsp);
            code.push(GuestDescriptors.KernelData);
            code.push(rax);
        }

        code.pushfq();
        code.or(__dword_ptr[rsp], (int)FlagTrap);
        if (byIret)
        {
            code.push(GuestDescriptors.KernelCode);
            code.lea(rax, __[behind]);
            code.push(rax);
            code.iretq();
        }
        else
        {
            code.popfq();
        }

        code.Label(ref behind);
        code.nop();
        code.nop();
    }

    private static void EndlessSteps(Assembler code)
    {
        Label handler = code.CreateLabel();
        Label setUp = code.CreateLabel();
        code.jmp(setUp);
        code.Label(ref handler);
        code.iretq();
        code.Label(ref setUp);
        SetGateToLabel(code, 1, handler);
        code.pushfq();
        code.or(__dword_ptr[rsp], (int)FlagTrap);
        code.popfq();
        code.AnonymousLoop(body => body.inc(rcx));
    }

    private static void InterruptFlood(Assembler code)
    {
        Label handler = code.CreateLabel();
        Label setUp = code.CreateLabel();
        code.jmp(setUp);
        code.Label(ref handler);
        code.iretq();
        code.Label(ref setUp);
        SetGateToLabel(code, 0x80, handler);
        code.AnonymousLoop(body => body.@int(0x80));
    }

    // The gate is the host's, with another address; programs lie below 4 GiB.
    private static void SetGateToLabel(Assembler code, int vector, Label handler)
    {
        code.lea(rax, __[handler]);
        code.mov(rbx, BareLayout.Idt + (ulong)(vector * GuestDescriptors.GateBytes));
        code.mov(__word_ptr[rbx], ax);
        code.shr(rax, 16);
        code.mov(__word_ptr[rbx + 6], ax);
    }
}
