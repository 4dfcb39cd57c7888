namespace Lodge.Sandbox.Tests;

internal static partial class Attacks
{
    private static IEnumerable<Attack> ProcessorState()
    {
        const Outcomes RefusedOrNot = Outcomes.Stopped | Outcomes.Value;

        // As guests begin with them.
        const ulong Cr0 = 0x8005_0033;
        const ulong Cr4 = 0x620;
        const ulong Efer = 0xD01;
        for (int bit = 0; bit < 64; bit++)
        {
            ulong one = 1UL << bit;
            yield return new($"CR0 with bit {bit} other", RefusedOrNot, "ChangeCr0", Hex(Cr0 & one), Hex(~Cr0 & one));
            yield return new($"CR4 with bit {bit} other", RefusedOrNot, "ChangeCr4", Hex(Cr4 & one), Hex(~Cr4 & one));
            yield return new($"EFER with bit {bit} other", RefusedOrNot, "ChangeEfer", Hex(Efer & one), Hex(~Efer & one));
            yield return new($"RFLAGS with bit {bit} set", RefusedOrNot, "ChangeFlags", Hex(one));
            yield return new($"RFLAGS with bit {bit} set at the end", RefusedOrNot, "FlagsAtTheEnd", Hex(one));
        }

        yield return new("paging off in 64-bit mode", Outcomes.Aborted, "ChangeCr0", Hex(1UL << 31), 0UL);
        yield return new("write protection off", Outcomes.Value, "ChangeCr0", Hex(1UL << 16), 0UL);
        yield return new("five levels", Outcomes.Aborted, "ChangeCr4", 0UL, Hex(1UL << 12));
        yield return new("PAE off", Outcomes.Aborted, "ChangeCr4", Hex(1UL << 5), 0UL);
        yield return new("LME off", Outcomes.Aborted, "ChangeEfer", Hex(1UL << 8), 0UL);
        yield return new("paging off", Outcomes.Stopped, "WithoutPaging", false);
        yield return new("answer without paging", RefusedOrNot, "WithoutPaging", true);
        yield return new("answer in 32 bits", RefusedOrNot, "AnswerIn32Bits");
        yield return new("user mode", Outcomes.Stopped, "ToUserMode");
        foreach (ulong value in new ulong[] { 0, 15, 16, ulong.MaxValue })
            yield return new($"CR8 0x{value:x}", RefusedOrNot, "WriteCr8", Hex(value));

        uint[] msrs =
        [
            0, 0x10, 0x1B, 0x3A, 0x3B, 0x48, 0x79, 0x8B, 0xFE, 0x174, 0x175, 0x176, 0x1A0, 0x1D9, 0x200, 0x250, 0x277,
            0x2FF, 0x400, 0x6E0, 0x800, 0xDA0, 0x4000_0000, 0x4B56_4D00, 0xC000_0080, 0xC000_0081, 0xC000_0082,
            0xC000_0083, 0xC000_0084, 0xC000_0100, 0xC000_0101, 0xC000_0102, 0xC000_0103, 0xC001_0117, 0xDEAD_BEEF,
            uint.MaxValue,
        ];
        foreach (uint msr in msrs)
        {
            foreach (ulong value in new ulong[] { 0, 1, 0x0007_0406_0007_0406, 0x0101_0101_0101_0101, 1UL << 47, ulong.MaxValue })
                yield return new($"MSR 0x{msr:x} = 0x{value:x}", RefusedOrNot, "WriteMsr", msr, Hex(value));

            yield return new($"MSR 0x{msr:x} read", RefusedOrNot, "ReadMsr", msr);
        }

        foreach (int register in new[] { 0, 4, 6, 7 })
        {
            foreach (ulong value in new ulong[] { 0, 0x4000, 0xFF, 0xFFFF_FFFF, 0x2000, 1UL << 32, ulong.MaxValue })
                yield return new($"DR{register} = 0x{value:x}", RefusedOrNot, "WriteDebug", register, Hex(value));
        }

        yield return new("breakpoints on the host's work", RefusedOrNot, "WatchEverything");
        yield return new("single steps", Outcomes.Aborted, "ChangeFlags", 0x100UL);
        yield return new("alignment check", Outcomes.Value, "ChangeFlags", 0x4_0000UL);
        for (int which = 0; which <= 7; which++)
        {
            foreach (uint selector in new uint[] { 0, 3, 4, 8, 11, 0x10, 0x13, 0x18, 0x20, 0x28, 0xFFF8, 0xFFFF })
                yield return new($"selector 0x{selector:x} in register {which}", RefusedOrNot, "LoadSelector", which, selector);
        }

        foreach (ulong address in new ulong[] { 0, 0x4000, 0xFFFF_FD00_0000_0000, 0x0000_8000_0000_0000, 0xFFFF_FFFF_FFFF_FFF8 })
        {
            foreach (uint limit in new uint[] { 0, 7, 0xFFFF })
            {
                yield return new($"GDT at 0x{address:x}, limit 0x{limit:x}", RefusedOrNot, "LoadGdt", Hex(address), limit);
                yield return new($"IDT at 0x{address:x}, limit 0x{limit:x}", RefusedOrNot, "LoadIdt", Hex(address), limit);
            }
        }

        for (int bit = 40; bit < 64; bit++)
        {
            ulong descriptor = 0x00AF_9B00_0000_FFFF ^ (1UL << bit);
            yield return new($"code descriptor with bit {bit} other", RefusedOrNot, "CodeDescriptor", Hex(descriptor))
            {
                Timeout = Soon,
            };
        }

        yield return new("code descriptor of zeros", Outcomes.Stopped, "CodeDescriptor", 0UL);
    }
}
