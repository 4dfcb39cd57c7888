using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Attacks by repeated string instructions with counts that no memory is long enough for.</summary>
internal static class StringAttacks
{
    private const ulong AliasEnd = HostileLayout.NoExecuteAlias + HostileLayout.AliasBytes;

    public static IEnumerable<Attack> All() =>
    [
        Repeat("a move of 2^63 bytes from RAM to no memory", HostileLayout.Scratch, HostileLayout.FarHole, 1L << 62,
            code => code.rep.movsb(), Outcome.Floods.Or(Outcome.Raises(14))),
        Repeat("a move of 2^63 words from no memory to RAM", HostileLayout.FarHole, HostileLayout.Scratch, long.MinValue,
            code => code.rep.movsw(), Outcome.Floods),
        Repeat("a move from no memory to no memory", HostileLayout.FarHole, HostileLayout.FarHole + 0x100, -1,
            code => code.rep.movsq(), Outcome.Floods.Or(Outcome.Raises(14))),
        Repeat("a fill of no memory", 0, HostileLayout.FarHole, -1, code => code.rep.stosb(), Outcome.Floods),
        Repeat("a fill that runs out of RAM", 0, HostileLayout.Hole - 0x2_0000, -1, code => code.rep.stosb(), Outcome.Floods),
        Repeat("a fill of RAM and of nothing behind it", 0, AliasEnd - 0x100, -1, code => code.rep.stosb(),
            Outcome.Raises(14, 2, AliasEnd).And(CountIs(ulong.MaxValue - 0x100))),
        Repeat("a move that faults in the middle", HostileLayout.Scratch, AliasEnd - 0x100, 0x1000, code => code.rep.movsb(),
            Outcome.Raises(14, 2, AliasEnd).And(CountIs(0xF00))),
        Repeat("an unaligned move that faults in the middle of a word", HostileLayout.Scratch, AliasEnd - 0x0C, 100,
            code => code.rep.movsq(),
            Outcome.Raises(14, 2, AliasEnd).And(CountIs(99))),
        Repeat("a fill of a read-only page", 0, HostileLayout.ReadOnlyAlias, -1, code => code.rep.stosq(),
            Outcome.Raises(14, 3, HostileLayout.ReadOnlyAlias)),
        Repeat("a fill of ROM", 0, HostileLayout.Rom, 100, code => code.rep.stosb(), Outcome.Passes),
        Repeat("a fill of everything below, the code and tables too", 0, HostileLayout.Scratch, -1,
            code =>
            {
                code.std();
                code.rep.stosb();
            },
            Outcome.EndsSomehow) with
        {
            ExecutesMuchMemory = true,
        },
        Repeat("a fill of everything below with ones", 0, HostileLayout.Scratch, -1,
            code =>
            {
                code.mov(eax, -1);
                code.std();
                code.rep.stosd();
            },
            Outcome.EndsSomehow),
        Repeat("a fill of everything from the beginning", 0, 0, -1, code => code.rep.stosb(), Outcome.EndsSomehow),
        Repeat("a fill of nothing", 0, HostileLayout.Void, 0, code => code.rep.stosq(), Outcome.Passes),
        Repeat("a move of nothing from and to non-canonical addresses", HostileLayout.NonCanonical, HostileLayout.NonCanonical, 0,
            code => code.rep.movsb(), Outcome.Passes),
        Repeat("a fill of non-canonical addresses", 0, HostileLayout.NonCanonical, 5, code => code.rep.stosb(),
            Outcome.Raises(13, 0)),
        Repeat("a fill across the edge of the canonical addresses", 0, 0x0000_7FFF_FFFF_FFFE, -1, code => code.rep.stosb(),
            Outcome.Raises(14, 2, 0x0000_7FFF_FFFF_FFFE)),
        Repeat("a fill around the end of all addresses", 0, ulong.MaxValue, -1, code => code.rep.stosb(),
            Outcome.Raises(14, 2, ulong.MaxValue)),
        Repeat("a search for what is nowhere", 0, HostileLayout.Scratch, -1,
            code =>
            {
                code.mov(al, 0x77);
                code.repne.scasb();
            },
            Outcome.Floods),
        Repeat("a comparison of no memory with itself", HostileLayout.FarHole, HostileLayout.FarHole, -1,
            code => code.repe.cmpsb(), Outcome.Floods),
        Repeat("a load of everything", HostileLayout.Hole - 0x10_0000, 0, -1, code => code.rep.lodsb(), Outcome.Floods),
        Repeat("32-bit addresses that wrap", 0, HostileLayout.Scratch, -1,
            code => code.db(0x67, 0xF3, 0xAA), Outcome.EndsSomehow),
        Repeat("a move downward that overlaps", HostileLayout.Scratch + 0x1800, HostileLayout.Scratch + 0x1808, 0x200,
            code =>
            {
                code.std();
                code.rep.movsq();
                code.cld();
            },
            Outcome.Passes),
        Repeat("a move upward by one byte, which spreads it", HostileLayout.Scratch, HostileLayout.Scratch + 1, 0x2000,
            code =>
            {
                code.mov(__byte_ptr[rsi], 0x5A);
                code.rep.movsb();
            },
            Outcome.Passes.AndMemory(HostileLayout.Scratch + 0x1FF8, 0x5A5A_5A5A_5A5A_5A5A)),
        Repeat("a move over the instruction that moves", HostileLayout.Scratch, BareLayout.Image, 0x400, code => code.rep.movsb(),
            Outcome.EndsSomehow) with
        {
            ExecutesMuchMemory = true,
        },
        Repeat("a fill over the instruction that fills", 0, BareLayout.Image, 0x400,
            code =>
            {
                code.mov(al, 0xF4);
                code.rep.stosb();
            },
            Outcome.EndsSomehow),
    ];

    /// <summary>What is left of the count: the handler of exceptions leaves it alone.</summary>
    private static Outcome CountIs(ulong count)
        => new($"RCX is 0x{count:x}", (guest, _) => guest.Guest.Cpu.Registers.Rcx == count);

    private static Attack Repeat(
        string name, ulong source, ulong target, long count, Action<Assembler> instruction, Outcome outcome) => new(
            name,
            code =>
            {
                code.mov(rsi, source);
                code.mov(rdi, target);
                code.mov(rcx, count);
                code.xor(eax, eax);
                instruction(code);
            },
            outcome);
}
