using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Attacks by page tables.</summary>
internal static class PageTableAttacks
{
    private const ulong AllRights = 7;
    private const ulong Large = 1 << 7;
    private const ulong AccessedDirty = 0x60;
    private const ulong Accessed = 0x20;
    private const ulong NoMemory = 0x7F_FFFF_F000;

    // Index 36 of the root, which maps nothing else.
    private const ulong Void = HostileLayout.Void;
    private const int SelfIndex = 510;
    private const ulong Self = 0xFFFF_0000_0000_0000 | (0x1FEUL << 39) | (0x1FEUL << 30) | (0x1FEUL << 21) | (0x1FEUL << 12);

    public static IEnumerable<Attack> All() =>
    [
        new("a root that maps itself", code =>
            {
                code.mov(rbx, Self + (SelfIndex * 8));
                code.mov(rax, __qword_ptr[rbx]);
                code.SendResult();
            },
            new Outcome("it reads its own entry", (guest, run) => run.Result == (guest.Root | AllRights | Accessed)))
        {
            Prepare = guest => guest.Memory.Write(guest.Root + (SelfIndex * 8), guest.Root | AllRights),
        },
        new("a root that maps itself, written through itself", code =>
            {
                code.mov(rbx, Self + (SelfIndex * 8));
                code.mov(__qword_ptr[rbx], 0);
                code.invlpg(__byte_ptr[rbx]);
                code.mov(rax, __qword_ptr[rbx]);
            },
            Outcome.Raises(14, 0, Self + (SelfIndex * 8)))
        {
            Prepare = guest => guest.Memory.Write(guest.Root + (SelfIndex * 8), guest.Root | AllRights),
        },
        WithRootEntry("tables that lead to each other in a circle", guest => guest.Root | AllRights, Outcome.EndsSomehow),
        WithRootEntry("a table where no memory is", _ => NoMemory | AllRights, Outcome.EndsSomehow),
        WithRootEntry("a table right behind RAM", _ => HostileLayout.Hole | AllRights, Outcome.EndsSomehow),
        WithRootEntry("a table at the highest address", _ => 0x000F_FFFF_FFFF_F000 | AllRights, Outcome.EndsSomehow),
        WithRootEntry("a table in ROM", guest => TablesInRom(guest) | AllRights, Outcome.EndsSomehow),
        WithRootEntry("a large page at the root", _ => HostileLayout.Scratch | AllRights | Large, Outcome.Raises(14, 9, Void)),
        WithRootEntry("a page of 1 GiB with reserved bits", guest => Table(guest, (1 << 13) | AllRights | Large),
            Outcome.Raises(14, 9, Void)),
        WithRootEntry("a page of 1 GiB of no memory", guest => Table(guest, (1UL << 38) | AllRights | Large),
            Outcome.EndsSomehow),
        WithRootEntry("a page of 1 GiB over all RAM", guest => Table(guest, AllRights | Large),
            Outcome.Passes.Or(Outcome.Raises(14, 9, Void))),
        WithRootEntry("all bits of an entry", _ => ulong.MaxValue, Outcome.Raises(14, 9, Void)),
        WithRootEntry("an entry that is not present", _ => ulong.MaxValue - 1, Outcome.Raises(14, 0, Void)),
        WithRootEntry("a table that is read-only, written", guest => Table(guest, AllRights | Large) & ~2UL,
            Outcome.Raises(14, 3, Void).Or(Outcome.Raises(14, 0xB, Void)))
            with
        {
            Code = code =>
            {
                code.mov(rbx, Void);
                code.mov(__qword_ptr[rbx], rax);
            },
        },
        new("a read-only page written without write protection", code =>
            {
                code.mov(rax, cr0);
                code.btr(rax, 16);
                code.mov(cr0, rax);
                code.mov(rbx, HostileLayout.ReadOnlyAlias);
                code.mov(__qword_ptr[rbx], 0x55);
            },
            Outcome.Passes.AndMemory(HostileLayout.Aliased, 0x55)),
        new("a read-only page written with write protection", code =>
            {
                code.mov(rbx, HostileLayout.ReadOnlyAlias);
                code.mov(__qword_ptr[rbx], 0x55);
            },
            Outcome.Raises(14, 3, HostileLayout.ReadOnlyAlias).AndMemory(HostileLayout.Aliased, 0)),
        new("a page of ring 0 read by ring 3", code =>
            {
                code.mov(rbx, HostileLayout.Scratch);
                code.mov(rax, __qword_ptr[rbx]);
            },
            Outcome.Raises(14, 5, HostileLayout.Scratch))
        {
            Ring = 3,
            Prepare = guest =>
            {
                ulong entry = guest.EntryAddress(HostileLayout.Scratch);
                guest.Memory.Write(entry, guest.Memory.Read<ulong>(entry) & ~4UL);
            },
        },
        new("an entry that lies in its own page of code", code =>
            {
                code.mov(rbx, Void | (511UL << 12));
                code.mov(__qword_ptr[rbx], 0x77);
                code.mov(rbx, BareLayout.Image + 0xFF8);
                code.mov(rax, __qword_ptr[rbx]);
                code.SendResult();
            },
            Outcome.Returns(HostileLayout.Scratch | AllRights | AccessedDirty).AndMemory(HostileLayout.Scratch, 0x77))
        {
            Prepare = TableIsCode,
        },
        new("a switch to tables of no memory", code =>
            {
                code.mov(rax, NoMemory);
                code.mov(cr3, rax);
            },
            Outcome.EndsSomehow),
        new("a switch to an empty table", code =>
            {
                code.mov(rax, HostileLayout.Scratch);
                code.mov(cr3, rax);
            },
            Outcome.ShutsDown),
        new("reserved bits of CR3", code =>
            {
                code.mov(rax, 1UL << 62);
                code.mov(cr3, rax);
            },
            Outcome.Raises(13, 0)),
        new("an endless switching of tables", code =>
            {
                code.mov(rax, cr3);
                code.AnonymousLoop(body => body.mov(cr3, rax));
            },
            Outcome.RunsOn),
        new("an endless mapping and unmapping of a page", code =>
            {
                code.mov(rbx, HostileLayout.Scratch);
                code.mov(rbx, __qword_ptr[rbx]);
                code.mov(rcx, HostileLayout.Aliased);
                code.mov(rsi, __qword_ptr[rbx]);
                code.AnonymousLoop(body =>
                {
                    body.mov(__qword_ptr[rbx], 0);
                    body.invlpg(__byte_ptr[rcx]);
                    body.mov(__qword_ptr[rbx], rsi);
                    body.inc(__dword_ptr[rcx]);
                });
            },
            Outcome.RunsOn)
        {
            Prepare = guest => guest.Memory.Write(HostileLayout.Scratch, guest.EntryAddress(HostileLayout.Aliased)),
        },
        new("a page that is mapped to no memory while it is used", code =>
            {
                code.mov(rbx, HostileLayout.Scratch);
                code.mov(rbx, __qword_ptr[rbx]);
                code.mov(rcx, HostileLayout.Aliased);
                code.mov(rax, __qword_ptr[rcx]);
                code.mov(rax, HostileLayout.FarHole | AllRights);
                code.mov(__qword_ptr[rbx], rax);
                code.invlpg(__byte_ptr[rcx]);
                code.mov(rax, __qword_ptr[rcx]);
                code.SendResult();
            },
            Outcome.PassesAfter(Exits.Read(HostileLayout.FarHole, 8)).And(Outcome.Returns(HostileGuest.HoleValue)))
        {
            Prepare = guest => guest.Memory.Write(HostileLayout.Scratch, guest.EntryAddress(HostileLayout.Aliased)),
        },
        new("an invalidation of a non-canonical address", code =>
            {
                code.mov(rax, HostileLayout.NonCanonical);
                code.invlpg(__byte_ptr[rax]);
            },
            Outcome.Passes),
    ];

    /// <summary>A table of scratch memory that has the same entry everywhere, and the entry that leads to it.</summary>
    private static ulong Table(HostileGuest guest, ulong entry)
    {
        for (ulong i = 0; i < 512; i++)
            guest.Memory.Write(HostileLayout.Scratch + 0x1000 + (i * 8), entry);

        return (HostileLayout.Scratch + 0x1000) | AllRights;
    }

    /// <summary>Three levels of tables in ROM, and the address of the first.</summary>
    private static ulong TablesInRom(HostileGuest guest)
    {
        GuestSlice rom = guest.Rom.GetHostSlice();
        for (ulong table = 0; table < 3; table++)
        {
            ulong target = table == 2 ? HostileLayout.Scratch : HostileLayout.Rom + ((table + 1) * 0x1000);
            for (ulong i = 0; i < 512; i++)
                rom.Write((table * 0x1000) + (i * 8), target | AllRights);
        }

        return HostileLayout.Rom;
    }

    // The last entry of the page of code leads to scratch memory.
    private static void TableIsCode(HostileGuest guest)
    {
        const ulong Level3 = HostileLayout.Scratch + 0x1000;
        const ulong Level2 = HostileLayout.Scratch + 0x2000;
        guest.Memory.Write(guest.Root + (IndexOf(Void, 4) * 8), Level3 | AllRights);
        guest.Memory.Write(Level3 + (IndexOf(Void, 3) * 8), Level2 | AllRights);
        guest.Memory.Write(Level2 + (IndexOf(Void, 2) * 8), BareLayout.Image | AllRights);
        guest.Memory.Write(BareLayout.Image + 0xFF8, HostileLayout.Scratch | AllRights);
    }

    private static ulong IndexOf(ulong address, int level) => (address >> (3 + (9 * level))) & 511;

    /// <summary>A read of the void, whose entry of the root is the host's choice.</summary>
    private static Attack WithRootEntry(string name, Func<HostileGuest, ulong> entry, Outcome outcome) => new(
        name,
        code =>
        {
            code.mov(rbx, Void);
            code.mov(rax, __qword_ptr[rbx]);
        },
        outcome)
    {
        Prepare = guest => guest.Memory.Write(guest.Root + (IndexOf(Void, 4) * 8), entry(guest)),
    };
}
