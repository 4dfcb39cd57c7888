using Iced.Intel;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Two processors of one machine, each on a thread of its own, at the same memory and the same code.</summary>
/// <remarks>R12 is the processor's number, RBX the place that both use.</remarks>
public sealed class TwoProcessorsTests(ITestOutputHelper output)
{
    private const uint Rounds = 20_000;
    private const ulong Function = 0x6000;
    private const ulong Place = 0x4_0000;
    private const ulong Lock = 0x3_0000;
    private const ulong Sync = 0x3_1000;

    // One cache line for each round.
    private const int LitmusRounds = 500;
    private const int Line = 64;
    private const ulong First = 0x4_0000;
    private const ulong Second = 0x8_0000;
    private const ulong Results = 0xC_0000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, Action<Assembler>> Increments = new()
    {
        ["lock xadd"] = c =>
        {
            c.mov(eax, 1);
            c.@lock.xadd(__[rbx], rax);
        },
        ["lock inc"] = c => c.@lock.inc(__qword_ptr[rbx]),
        ["lock add"] = c => c.@lock.add(__qword_ptr[rbx], 1),
        ["lock cmpxchg"] = c =>
        {
            Label again = c.CreateLabel();
            c.mov(rax, __qword_ptr[rbx]);
            c.Label(ref again);
            c.lea(rdx, __[rax + 1]);
            c.@lock.cmpxchg(__[rbx], rdx);
            c.jne(again);
        },

        // The counter is changed by plain instructions, under a lock that is taken by xchg and let go by a store.
        ["xchg as a lock"] = c =>
        {
            Label again = c.CreateLabel();
            Label taken = c.CreateLabel();
            c.Label(ref again);
            c.mov(eax, 1);
            c.xchg(__qword_ptr[Lock], rax);
            c.test(eax, eax);
            c.jz(taken);
            c.pause();
            c.jmp(again);
            c.Label(ref taken);
            c.inc(__qword_ptr[rbx]);
            c.mov(__qword_ptr[Lock], 0);
        },
        ["lock bts as a lock"] = c =>
        {
            Label again = c.CreateLabel();
            c.Label(ref again);
            c.@lock.bts(__dword_ptr[Lock], 5);
            c.jc(again);
            c.inc(__qword_ptr[rbx]);
            c.@lock.btr(__dword_ptr[Lock], 5);
        },
    };

    public static TheoryData<string, string, ulong> Counters()
        =>
        [
            .. from engine in TestEngines.Variants
               from increment in Increments.Keys
               from offset in new ulong[] { 0x100, 0x13C, 0xFFC }
               where offset == 0x100 || !increment.EndsWith("as a lock", StringComparison.Ordinal)
               select (engine.Name, increment, offset),
        ];

    /// <summary>Aligned, across a cache line, and across a page.</summary>
    [Theory]
    [MemberData(nameof(Counters))]
    public void LockedIncrements_OfTwoProcessors_AddUp(string engine, string increment, ulong offset)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            Label again = c.CreateLabel();

            // So that both have the page before they begin.
            c.mov(__dword_ptr[Lock], 0);
            c.mov(__byte_ptr[rbx - 0x80], 0);
            c.mov(__byte_ptr[rbx + 8], 0);
            Meet(c, 2);
            c.mov(r14d, Rounds);
            c.Label(ref again);
            c.nop();
            Increments[increment](c);
            c.dec(r14d);
            c.jnz(again);
            c.hlt();
        });
        Run(guest, Place + offset);
        Assert.Equal(2 * Rounds, guest.Read(Place + offset));
    }

    /// <summary>With every harvest the processors look up again where they may write, in the middle of it.</summary>
    [Theory]
    [EngineData("lock xadd", IsSoftware = true)]
    [EngineData("lock inc", IsSoftware = true)]
    [EngineData("lock add", IsSoftware = true)]
    [EngineData("lock cmpxchg", IsSoftware = true)]
    [EngineData("xchg as a lock", IsSoftware = true)]
    [EngineData("lock bts as a lock", IsSoftware = true)]
    public void LockedIncrements_WhileThePagesAreHarvested_AddUp(string engine, string increment)
    {
        const ulong Counter = Place + 0x100;
        const int Harvests = 300;
        using var guest = new TinyGuest(engine, c =>
        {
            Label again = c.CreateLabel();
            c.mov(__dword_ptr[Lock], 0);
            c.mov(__byte_ptr[rbx], 0);
            Meet(c, 2);
            c.xor(r13d, r13d);
            c.Label(ref again);
            c.inc(r13);
            Increments[increment](c);
            c.cmp(__byte_ptr[Sync + 16], 0);
            c.je(again);
            c.hlt();
        });
        guest.Machine.SetDirtyLogging(guest.RamSlot, true);
        using var crew = new Crew();
        var pages = new DirtyPages();
        int harvests = 0;
        crew.Start(() =>
        {
            guest.Machine.HarvestDirty(guest.RamSlot, pages);
            if (++harvests == Harvests)
                guest.Machine.Memory.Current.Write<byte>(Sync + 16, 1);

            Thread.SpinWait(200);
        });
        GeneralRegisters[] ends = Run(guest, Counter);
        Assert.Equal(ends[0].R13 + ends[1].R13, guest.Read(Counter));
    }

    /// <summary>The first one calls a function whose only instruction the other one changes: what that does is what either does,
    /// and in the end what the last one does.</summary>
    [Theory, EngineData(IsSoftware = true)]
    public void Code_ThatTheOtherProcessorRewrites_IsOldOrNewAndInTheEndNew(string engine)
    {
        const ulong MoveOneToEax = 0x90C3_0000_0001_B8;
        const ulong MoveTwoToEcx = 0x90C3_0000_0002_B9;
        const ulong MoveThreeToEdx = 0x90C3_0000_0003_BA;
        int rewrites = TestCycles.Or(500);
        using var guest = new TinyGuest(engine, c =>
        {
            Label writer = c.CreateLabel();
            Label again = c.CreateLabel();
            Label wrong = c.CreateLabel();
            Label right = c.CreateLabel();
            c.test(r12, r12);
            c.jnz(writer);
            c.Label(ref again);
            c.inc(__qword_ptr[Sync]);
            c.xor(eax, eax);
            c.xor(ecx, ecx);
            c.xor(edx, edx);
            c.call(Function);
            c.lea(esi, __[rax + rcx]);
            c.add(esi, edx);
            c.cmp(esi, 3);
            c.je(right);
            c.cmp(esi, 2);
            c.ja(wrong);
            c.jmp(again);
            c.Label(ref wrong);
            c.@out(0x10, eax);
            c.Label(ref right);
            c.cmp(edx, 3);
            c.jne(wrong);
            c.hlt();

            Label rewrite = c.CreateLabel();
            Label wait = c.CreateLabel();
            c.Label(ref writer);
            c.mov(rbx, Function);
            c.mov(rax, MoveOneToEax);
            c.mov(rcx, MoveTwoToEcx);
            c.mov(r14d, rewrites);
            c.Label(ref rewrite);
            c.mov(__qword_ptr[rbx], rcx);
            c.xchg(rax, rcx);
            c.mov(rdx, __qword_ptr[Sync]);
            c.Label(ref wait);
            c.cmp(__qword_ptr[Sync], rdx);
            c.je(wait);
            c.dec(r14d);
            c.jnz(rewrite);
            c.mov(rax, MoveThreeToEdx);
            c.mov(__qword_ptr[rbx], rax);
            c.hlt();
        });
        guest.Write(Function, MoveOneToEax);
        GeneralRegisters[] ends = Run(guest, Place);
        output.WriteLine($"{guest.Read(Sync)} calls during {rewrites} rewrites.");
        Assert.Equal((0ul, 0ul, 3ul), (ends[0].Rax, ends[0].Rcx, ends[0].Rdx));
    }

    /// <summary>Message passing: who sees the flag sees what was written before it.</summary>
    [Theory, EngineData(IsSoftware = true)]
    public void Stores_AreSeenInTheirOrder(string engine)
    {
        int seen = 0;
        Litmus(
            engine,
            c =>
            {
                c.mov(__qword_ptr[rsi], 1);
                c.mov(__qword_ptr[rdi], 1);
            },
            c =>
            {
                c.mov(rax, __qword_ptr[rdi]);
                c.mov(rdx, __qword_ptr[rsi]);
            },
            (_, flagAndData) =>
            {
                seen += (int)(flagAndData & 1);
                return flagAndData != 1;
            });
        output.WriteLine($"The flag was seen in {seen} rounds.");
    }

    /// <summary>Store buffering: with a fence between one's own store and the load of the other's, one of the two sees the
    /// other's.</summary>
    [Theory]
    [EngineData("mfence", IsSoftware = true)]
    [EngineData("xchg", IsSoftware = true)]
    [EngineData("lock", IsSoftware = true)]
    public void StoresBeforeAFence_AreSeenByLoadsBehindAnother(string engine, string fence)
        => Litmus(
            engine, c => Buffer(c, fence, rsi, rdi), c => Buffer(c, fence, rdi, rsi), (one, other) => ((one | other) & 1) != 0);

    private static void Buffer(Assembler c, string fence, AssemblerRegister64 own, AssemblerRegister64 others)
    {
        c.mov(edx, 1);
        if (fence == "xchg")
            c.xchg(__qword_ptr[own], rdx);
        else
            c.mov(__qword_ptr[own], rdx);

        if (fence == "mfence")
            c.mfence();
        else if (fence == "lock")
            c.@lock.or(__dword_ptr[rsp - 64], 0);

        c.xor(edx, edx);
        c.mov(rax, __qword_ptr[others]);
    }

    /// <summary>Two processors do something at once, in each round with two other cache lines, at RSI and RDI. What RAX (bit 0)
    /// and RDX (bit 1) are then is what they saw.</summary>
    private static void Litmus(
        string engine, Action<Assembler> first, Action<Assembler> second, Func<ulong, ulong, bool> isAllowed)
    {
        const int Turns = LitmusRounds;
        using var guest = new TinyGuest(engine, c =>
        {
            Label again = c.CreateLabel();
            Label other = c.CreateLabel();
            Label seen = c.CreateLabel();
            c.mov(rsi, First);
            c.mov(rdi, Second);
            c.mov(r8, Results);
            c.mov(r14d, Turns);
            c.xor(r15d, r15d);
            c.Label(ref again);
            c.add(r15, 2);
            Meet(c, r15);
            c.xor(eax, eax);
            c.xor(edx, edx);
            c.test(r12, r12);
            c.jnz(other);
            first(c);
            c.jmp(seen);
            c.Label(ref other);
            second(c);
            c.Label(ref seen);
            c.lea(rax, __[rax + (rdx * 2)]);
            c.mov(__qword_ptr[r8 + (r12 * 8)], rax);
            c.add(rsi, Line);
            c.add(rdi, Line);
            c.add(r8, Line);
            c.dec(r14d);
            c.jnz(again);
            c.hlt();
        });
        for (int runs = Math.Max(1, TestCycles.Or(Turns) / Turns); runs > 0; runs--)
        {
            guest.Ram.GetHostSlice().Slice(First, Results - First).Fill(0);
            guest.Write(Sync, 0);
            Run(guest, Place);
            for (ulong turn = 0; turn < Turns; turn++)
            {
                ulong one = guest.Read(Results + (turn * Line));
                ulong two = guest.Read(Results + (turn * Line) + 8);
                Assert.True(isAllowed(one, two), $"Round {turn}: {one:x}, {two:x}.");
            }
        }
    }

    /// <summary>Both wait until so many have come.</summary>
    private static void Meet(Assembler c, int count)
    {
        c.mov(r15d, count);
        Meet(c, r15);
    }

    private static void Meet(Assembler c, AssemblerRegister64 count)
    {
        Label wait = c.CreateLabel();
        c.mov(__byte_ptr[Sync + 8], 0);
        c.@lock.inc(__qword_ptr[Sync]);
        c.Label(ref wait);
        c.cmp(__qword_ptr[Sync], count);
        c.jb(wait);
    }

    /// <summary>Runs both to their ends.</summary>
    private static GeneralRegisters[] Run(TinyGuest guest, ulong place)
    {
        IVirtualCpu[] cpus = [guest.CreateCpu(), guest.CreateCpu(stack: TinyGuest.StackTop - 0x800)];
        var ends = new VmExit[2];
        var threads = new Thread[2];
        for (ulong i = 0; i < 2; i++)
        {
            ulong number = i;
            IVirtualCpu cpu = cpus[i];
            cpu.Registers = cpu.Registers with { R12 = number, Rbx = place };
            threads[i] = new Thread(() =>
            {
                using var watchdog = new Watchdog(cpu, Patience);
                ends[number] = cpu.Run();
            });
        }

        foreach (Thread thread in threads)
            thread.Start();

        foreach (Thread thread in threads)
            thread.Join();

        Assert.All(ends, end => Assert.Equal(VmExitKind.Halt, end.Kind));
        GeneralRegisters[] registers = [.. cpus.Select(cpu => cpu.Registers)];
        foreach (IVirtualCpu cpu in cpus)
            cpu.Dispose();

        return registers;
    }
}
