using Iced.Intel;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Which pages a harvest has, for each way in which a guest can write; and that none is lost while it writes.</summary>
public sealed class DirtyHarvestTests
{
    private const ulong Page = 4096;
    private const ulong Start = 0x40_0000;
    private const int Pages = 64;
    private const ulong Handler = 0x1800;
    private const int Vector = 0x40;
    private const ulong OtherStack = 0x800;

    private readonly DirtyPages _pages = new();

    // RBX leads to the middle of page 10, RBP to 4 bytes before page 21.
    private static readonly Dictionary<string, (Action<Assembler> Code, ulong[] Pages)> Writes = new()
    {
        ["mov"] = (c => c.mov(__byte_ptr[rbx], 1), [10]),
        ["mov across pages"] = (c => c.mov(__qword_ptr[rbp], rax), [20, 21]),
        ["read"] = (c => c.mov(rax, __qword_ptr[rbp]), []),
        ["add"] = (c => c.add(__dword_ptr[rbx], 1), [10]),
        ["add across pages"] = (c => c.add(__qword_ptr[rbp], rax), [20, 21]),
        ["cmp"] = (c => c.cmp(__qword_ptr[rbx], rax), []),
        ["setcc"] = (c => c.setc(__byte_ptr[rbx]), [10]),
        ["shl"] = (c => c.shl(__word_ptr[rbx], 3), [10]),
        ["bts with a far bit"] = (
            c =>
            {
                c.mov(eax, 3 * 8 * (int)Page);
                c.bts(__dword_ptr[rbx], eax);
            },
            [13]),
        ["push"] = (
            c =>
            {
                c.lea(rsp, __[rbx + 8]);
                c.push(rax);
            },
            [10]),
        ["push across pages"] = (
            c =>
            {
                c.lea(rsp, __[rbp + 8]);
                c.push(rax);
            },
            [20, 21]),
        ["call"] = (
            c =>
            {
                Label next = c.CreateLabel();
                c.mov(rsp, rbx);
                c.call(next);
                c.Label(ref next);
                c.nop();
            },
            [10]),
        ["pop into memory"] = (c => c.pop(__qword_ptr[rbx]), [10]),
        ["enter"] = (
            c =>
            {
                c.mov(rsp, rbx);
                c.enter(16, 0);
            },
            [10]),
        ["rep stosb over four pages"] = (
            c =>
            {
                c.mov(rdi, rbx);
                c.mov(ecx, 3 * (int)Page);
                c.rep.stosb();
            },
            [10, 11, 12, 13]),
        ["rep movsq backwards over three pages"] = (
            c =>
            {
                c.std();
                c.mov(rdi, rbx);
                c.mov(rsi, rbp);
                c.mov(ecx, (int)Page / 4);
                c.rep.movsq();
                c.cld();
            },
            [8, 9, 10]),
        ["rep stosb of nothing"] = (
            c =>
            {
                c.mov(rdi, rbx);
                c.xor(ecx, ecx);
                c.rep.stosb();
            },
            []),
        ["xchg"] = (c => c.xchg(__qword_ptr[rbx], rax), [10]),
        ["lock add"] = (c => c.@lock.add(__dword_ptr[rbx], 1), [10]),
        ["lock add across pages"] = (c => c.@lock.add(__qword_ptr[rbp], 1), [20, 21]),
        ["lock xadd"] = (c => c.@lock.xadd(__[rbx], rax), [10]),
        ["lock inc"] = (c => c.@lock.inc(__byte_ptr[rbx]), [10]),
        ["lock bts"] = (c => c.@lock.bts(__dword_ptr[rbx], 3), [10]),
        ["cmpxchg that exchanges"] = (
            c =>
            {
                c.mov(rax, __qword_ptr[rbx]);
                c.cmpxchg(__[rbx], rcx);
            },
            [10]),

        // It writes what it has read.
        ["cmpxchg that does not exchange"] = (
            c =>
            {
                c.mov(rax, __qword_ptr[rbx]);
                c.inc(rax);
                c.@lock.cmpxchg(__[rbx], rcx);
            },
            [10]),
        ["cmpxchg8b"] = (c => c.@lock.cmpxchg8b(__qword_ptr[rbx]), [10]),
        ["movups across pages"] = (c => c.movups(__xmmword_ptr[rbp], xmm0), [20, 21]),
        ["movaps"] = (c => c.movaps(__xmmword_ptr[rbx], xmm0), [10]),
        ["movnti"] = (c => c.movnti(__[rbx], eax), [10]),
        ["maskmovdqu of all bytes"] = (
            c =>
            {
                c.pcmpeqb(xmm1, xmm1);
                c.mov(rdi, rbx);
                c.maskmovdqu(xmm0, xmm1);
            },
            [10]),
        ["fxsave"] = (c => c.fxsave(__[rbx]), [10]),
        ["fxsave across pages"] = (c => c.fxsave(__[rbp + 4 - 0x100]), [20, 21]),
        ["stmxcsr"] = (c => c.stmxcsr(__dword_ptr[rbx]), [10]),
        ["sgdt"] = (c => c.sgdt(__[rbx]), [10]),
        ["str"] = (c => c.str(__word_ptr[rbx]), [10]),
        ["int"] = (
            c =>
            {
                c.mov(rsp, rbx);
                c.@int(Vector);
            },
            [10]),
    };

    public static TheoryData<string, string> Cases()
        => [.. from engine in TestEngines.Variants from write in Writes.Keys select (engine.Name, write)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void HarvestDirty_AfterAWrite_HasItsPagesAndNoOther(string engine, string write)
    {
        (Action<Assembler> code, ulong[] expected) = Writes[write];
        using TinyGuest guest = MakeGuest(engine, c =>
        {
            code(c);
            c.hlt();
        });
        using MemoryRegion region = MemoryRegion.Anonymous(Start, Pages * Page);
        MemorySlot slot = guest.Machine.Map(region, new MemorySlotOptions { LogDirty = true });

        // Also when the page was written before, and the code has been compiled.
        for (int round = 0; round < 4; round++)
        {
            guest.Cpu.Registers = guest.Registers with
            {
                Rip = TinyGuest.CodeAddress,
                Rsp = TinyGuest.StackTop,
                Rbx = Start + (10 * Page) + 0x800,
                Rbp = Start + (21 * Page) - 4,
            };
            Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
            Assert.Equal(expected, Harvest(guest, slot));
            Assert.Empty(Harvest(guest, slot));
        }
    }

    /// <summary>The processor's own writes to the tables are writes of the guest.</summary>
    [Theory, EngineData(IsSoftware = true)]
    public void HarvestDirty_AccessedAndDirtyBits_AreWrites(string engine)
    {
        const ulong Accessed = 1 << 5;
        const ulong Dirty = 1 << 6;
        using TinyGuest guest = MakeGuest(engine, c =>
        {
            c.mov(rax, __qword_ptr[Start]);
            c.hlt();
            c.mov(__qword_ptr[Start], rax);
            c.hlt();
        });
        using MemoryRegion region = MemoryRegion.Anonymous(Start, Pages * Page);
        guest.Machine.Map(region);
        ulong entry = TinyGuest.Pml4Address + 0x2000 + (Start >> 21 << 3);
        guest.Machine.SetDirtyLogging(guest.RamSlot, true);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Contains(entry / Page, Harvest(guest, guest.RamSlot));
        Assert.Equal(Accessed, guest.Read(entry) & (Accessed | Dirty));
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal([entry / Page], Harvest(guest, guest.RamSlot));
        Assert.Equal(Accessed | Dirty, guest.Read(entry) & (Accessed | Dirty));
        guest.Cpu.Registers = guest.Registers with { Rip = TinyGuest.CodeAddress };
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Empty(Harvest(guest, guest.RamSlot));
    }

    /// <summary>The host copies each page that it harvests while two processors write, each of them between any two harvests:
    /// when they have stopped and the rest is copied, the copy is the memory. The control takes the pages from the bitmap,
    /// which the processors do not hear of.</summary>
    [Theory]
    [EngineData(true, IsSoftware = true, NotOnWine = Wine.HasNoProcessWideBarrier)]
    [EngineData(false, IsSoftware = true, NotOnWine = Wine.HasNoProcessWideBarrier)]
    public void HarvestDirty_WhileProcessorsWrite_LosesNoWrite(string engine, bool byMachine)
    {
        using TinyGuest guest = MakeGuest(engine, WriteForEver);
        using MemoryRegion region = MemoryRegion.Anonymous(Start, Pages * Page);
        MemorySlot slot = guest.Machine.Map(region, new MemorySlotOptions { LogDirty = true });
        using IVirtualCpu other = guest.CreateCpu(stack: TinyGuest.StackTop - OtherStack);
        byte[] copy = new byte[Pages * Page];
        int harvested = 0;
        bool isOver = false;
        using (var crew = new Crew())
        {
            IVirtualCpu[] cpus = [guest.Cpu, other];
            for (int i = 0; i < cpus.Length; i++)
            {
                IVirtualCpu cpu = cpus[i];
                cpu.Registers = cpu.Registers with { R8 = (ulong)i + 1, R9 = (ulong)i };
                crew.Start(() =>
                {
                    if (!Volatile.Read(ref isOver))
                        Assert.Equal(VmExitKind.Cancelled, cpu.Run().Kind);
                });
            }

            for (int i = 0; i < TestCycles.Or(200) && crew.IsRunning; i++)
            {
                harvested += Copy();
                ulong[] rounds = Rounds();
                SpinWait.SpinUntil(() => Rounds().Zip(rounds).All(now => now.First > now.Second) || !crew.IsRunning);
            }

            Volatile.Write(ref isOver, true);
            foreach (IVirtualCpu cpu in cpus)
                cpu.Cancel();
        }

        Copy();
        byte[] memory = new byte[copy.Length];
        region.GetHostSlice().CopyTo(0, memory);
        int[] lost = [.. Enumerable.Range(0, Pages).Where(page => !PageOf(memory, page).SequenceEqual(PageOf(copy, page)))];
        Assert.True(lost.Length == 0 == byMachine, $"The writes to {lost.Length} pages were lost.");
        if (byMachine)
            Assert.True(harvested > Pages, $"{harvested} pages were harvested while the guest ran.");

        // How often each processor has gone through its loop.
        ulong[] Rounds() => [guest.Read(TinyGuest.StackTop - 8), guest.Read(TinyGuest.StackTop - OtherStack - 8)];

        int Copy()
        {
            ulong[] pages = byMachine ? Harvest(guest, slot) : HarvestBitmap(slot);
            foreach (ulong page in pages)
                region.GetHostSlice().CopyTo(page * Page, PageOf(copy, (int)page));

            return pages.Length;
        }

        static Span<byte> PageOf(byte[] bytes, int page) => bytes.AsSpan(page * (int)Page, (int)Page);
    }

    /// <summary>Pages in an order that a generator gives, each written in one of several ways; R8 is what makes processors
    /// differ. The rounds are counted on the stack.</summary>
    private static void WriteForEver(Assembler c)
    {
        Label again = c.CreateLabel();
        c.mov(r10, rsp);
        c.Label(ref again);
        c.imul(r9, r9, 1_103_515_245);
        c.add(r9, 12_345);
        c.mov(rbx, r9);
        c.shr(rbx, 12);
        c.and(ebx, (Pages - 2) << 12);
        c.add(rbx, (int)Start);
        c.mov(__qword_ptr[rbx + (r8 * 8)], r9);
        c.@lock.inc(__qword_ptr[rbx + (r8 * 8) + 0x100]);
        c.inc(__qword_ptr[rbx + (r8 * 8) + 0x200]);
        c.mov(__qword_ptr[rbx + (r8 * 8) + 0xFF0], r9);
        c.lea(rsp, __[rbx + (r8 * 8) + 0x308]);
        c.push(r9);
        c.mov(rsp, r10);
        c.lea(rdi, __[rbx + (r8 * 8) + 0x400]);
        c.mov(rax, r9);
        c.stosq();
        c.inc(__qword_ptr[r10 - 8]);
        c.jmp(again);
    }

    private static TinyGuest MakeGuest(string engine, Action<Assembler> code)
    {
        var guest = new TinyGuest(engine, code);
        guest.Load(Handler, c => c.iretq());
        guest.InstallTables(guest.Cpu, (Vector, Handler));
        return guest;
    }

    private ulong[] Harvest(TinyGuest guest, MemorySlot slot)
    {
        guest.Machine.HarvestDirty(slot, _pages);
        return Numbers();
    }

    private ulong[] HarvestBitmap(MemorySlot slot)
    {
        slot.Dirty!.Harvest(_pages);
        return Numbers();
    }

    private ulong[] Numbers() =>
    [
        .. from range in _pages
           from page in Enumerable.Range((int)(range.Start.Value / Page), (int)(range.Length / Page))
           select (ulong)page,
    ];
}
