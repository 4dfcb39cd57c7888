using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Attacks by selectors: each kind of bad one, in each instruction that takes one.</summary>
internal static class SelectorAttacks
{
    // Null, code, data, an empty descriptor, data and code of ring 3, the task state and its second half, behind the end, of no
    // LDT, all bits; with different privilege levels.
    private static readonly ushort[] Selectors =
        [0, 3, 0x08, 0x0B, 0x10, 0x13, 0x18, 0x20, 0x23, 0x28, 0x2B, 0x30, 0x38, 0x40, 0x0C, 0x0F, 0xFFF8, 0xFFFF];

    public static IEnumerable<Attack> All()
    {
        foreach (ushort selector in Selectors)
        {
            foreach (Attack attack in With(selector))
                yield return attack with { Name = $"{attack.Name} of selector 0x{selector:x}" };
        }

        yield return new("a load of CS", code => code.db(0x8E, 0xC8), Outcome.Raises(6, 0));
    }

    private static IEnumerable<Attack> With(ushort selector) =>
    [
        new("a load of SS", code => Load(code, ss, selector), Stack(selector)),
        new("a load of DS", code => Load(code, ds, selector), Data(selector)),
        new("a load of GS", code => Load(code, gs, selector), Data(selector)),
        new("a load of DS in ring 3", code => Load(code, ds, selector), Outcome.EndsSomehow) { Ring = 3 },
        new("a load of SS in ring 3", code => Load(code, ss, selector), Outcome.EndsSomehow) { Ring = 3 },
        new("a far return", code => FarReturn(code, selector), Code(selector)),
        new("a far return in ring 3", code => FarReturn(code, selector), Outcome.EndsSomehow) { Ring = 3 },
        new("a far jump", code => FarPointer(code, selector, 5), Code(selector)),
        new("a far call", code => FarPointer(code, selector, 3), Code(selector)),
        new("an interrupt's return to code", code => InterruptReturn(code, selector, GuestDescriptors.KernelData),
            Code(selector)),
        new("an interrupt's return to a stack", code => InterruptReturn(code, GuestDescriptors.KernelCode, selector),
            Outcome.EndsSomehow),
        new("an interrupt's return to ring 3 with a stack", code => InterruptReturn(code, GuestDescriptors.UserCode, selector),
            Outcome.EndsSomehow),
        new("an interrupt's return in ring 3", code => InterruptReturn(code, selector, GuestDescriptors.UserData),
            Outcome.EndsSomehow)
        {
            Ring = 3,
        },
        new("a task register", code =>
            {
                code.mov(eax, selector);
                code.ltr(ax);
            },
            Outcome.EndsSomehow),
        new("an LDT", code =>
            {
                code.mov(eax, selector);
                code.lldt(ax);
            },
            Outcome.EndsSomehow),
        new("a question", code =>
            {
                code.mov(eax, selector);
                code.verr(ax);
                code.verw(ax);
                code.lar(ecx, eax);
                code.lsl(ecx, eax);
            },
            Outcome.Passes),
    ];

    private static void Load(Assembler code, AssemblerRegisterSegment segment, ushort selector)
    {
        code.mov(eax, selector);
        code.mov(segment, ax);
    }

    private static void FarReturn(Assembler code, ushort selector)
    {
        Label behind = code.CreateLabel();
        code.push(selector);
        code.lea(rax, __[behind]);
        code.push(rax);
        code.FarReturn();
        code.Label(ref behind);
        code.nop();
    }

    // jmp and call through a pointer of 32 bits and a selector: FF /5 and FF /3.
    private static void FarPointer(Assembler code, ushort selector, int operation)
    {
        Label behind = code.CreateLabel();
        code.mov(rbx, HostileLayout.Scratch);
        code.lea(rax, __[behind]);
        code.mov(__dword_ptr[rbx], eax);
        code.mov(__word_ptr[rbx + 4], selector);
        code.db(0xFF, (byte)((operation << 3) | 3));
        code.Label(ref behind);
        code.nop();
    }

    private static void InterruptReturn(Assembler code, ushort codeSelector, ushort stackSelector)
    {
        Label behind = code.CreateLabel();
        code.mov(rcx, rsp);
        code.push(stackSelector);
        code.push(rcx);
        code.pushfq();
        code.push(codeSelector);
        code.lea(rax, __[behind]);
        code.push(rax);
        code.iretq();
        code.Label(ref behind);
        code.nop();
    }

    private static bool IsNull(ushort selector) => selector < 4;

    private static bool IsOutside(ushort selector) => selector >= 0x40 || (selector & 4) != 0;

    private static Outcome Refused(ushort selector) => Outcome.Raises(13, selector & 0xFFFCu);

    private static Outcome Stack(ushort selector) => selector switch
    {
        0 or 0x10 => Outcome.Passes,
        _ when IsNull(selector) => Outcome.Raises(13, 0),
        _ => Refused(selector),
    };

    private static Outcome Data(ushort selector) => selector switch
    {
        _ when IsNull(selector) => Outcome.Passes,
        _ when IsOutside(selector) => Refused(selector),
        0x08 or 0x10 or 0x20 or 0x23 or 0x28 or 0x2B => Outcome.Passes,
        _ => Refused(selector),
    };

    private static Outcome Code(ushort selector) => selector switch
    {
        _ when IsNull(selector) => Outcome.Raises(13, 0),
        0x08 => Outcome.Passes,

        // To where it goes depends on how it is asked for.
        0x0B or 0x28 or 0x2B or 0x30 => Outcome.EndsSomehow,
        _ => Refused(selector),
    };
}
