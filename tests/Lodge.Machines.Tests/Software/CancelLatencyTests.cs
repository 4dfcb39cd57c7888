using System.Diagnostics;
using Iced.Intel;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>How soon a guest that never ends is stopped. What is typical goes to the test's output; the bound is one that only a
/// guest that is not stopped at all misses.</summary>
[Collection(ProcessStateCollection.Name)]
public sealed class CancelLatencyTests(ITestOutputHelper output)
{
    private const int Cancels = 200;
    private const ulong Handler = 0x1800;
    private const ulong Far = 0x20_0000;

    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, Action<Assembler>> Loops = new()
    {
        ["tight"] = c => Endlessly(c, () => c.inc(rbx)),
        ["memory"] = c =>
        {
            c.mov(rsi, TinyGuest.DataAddress);
            Endlessly(c, () =>
            {
                c.add(__qword_ptr[rsi], rbx);
                c.mov(rbx, __qword_ptr[rsi + 8]);
                c.@lock.inc(__dword_ptr[rsi + 16]);
            });
        },
        ["rep movsb of 500 MiB"] = c => Endlessly(c, () =>
        {
            c.mov(rsi, Far);
            c.mov(rdi, 2 * Far);
            c.mov(ecx, 500 << 20);
            c.rep.movsb();
        }),
        ["rep lodsb of 500 MiB backwards"] = c =>
        {
            c.std();
            Endlessly(c, () =>
            {
                c.mov(rsi, 501 << 20);
                c.mov(ecx, 500 << 20);
                c.rep.lodsb();
            });
        },
        ["nested loops and calls"] = c =>
        {
            Label inner = c.CreateLabel();
            Label function = c.CreateLabel();
            Endlessly(c, () =>
            {
                c.mov(ecx, 1000);
                c.Label(ref inner);
                c.call(function);
                c.dec(ecx);
                c.jnz(inner);
            });
            Label turn = c.CreateLabel();
            c.Label(ref function);
            c.mov(edx, 50);
            c.Label(ref turn);
            c.dec(edx);
            c.jnz(turn);
            c.ret();
        },

        // Handlers at which RIP is the faulting instruction again; the second one's handler faults itself, on the same stack.
        ["page fault that its handler returns to"] = c => c.mov(rax, __qword_ptr[0x7FFF_0000_0000]),
        ["faults that only lead to faults"] = c => c.ud2(),
    };

    public static TheoryData<string, string> Cases()
        => [.. from engine in TestEngines.Variants from loop in Loops.Keys select (engine.Name, loop)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Cancel_GuestThatNeverEnds_IsSoon(string engine, string loop)
    {
        using TinyGuest guest = MakeGuest(engine, loop);
        using var begun = new SemaphoreSlim(0);
        using var cancelled = new SemaphoreSlim(0);
        long[] ends = new long[Cancels];
        var kinds = new HashSet<VmExitKind>();
        var runner = new Thread(() =>
        {
            for (int i = 0; i < Cancels; i++)
            {
                begun.Release();
                kinds.Add(guest.Cpu.Run().Kind);
                ends[i] = Stopwatch.GetTimestamp();
                cancelled.Release();
            }
        })
        { IsBackground = true };
        runner.Start();
        var random = new Random(1);
        var latencies = new List<double>();
        for (int i = 0; i < Cancels; i++)
        {
            begun.Wait(TestContext.Current.CancellationToken);
            Thread.SpinWait(random.Next(0, 20_000));
            long start = Stopwatch.GetTimestamp();
            guest.Cpu.Cancel();
            Assert.True(cancelled.Wait(Patience, TestContext.Current.CancellationToken), "It does not end.");
            latencies.Add(Stopwatch.GetElapsedTime(start, ends[i]).TotalMicroseconds);
        }

        runner.Join();
        latencies.Sort();
        output.WriteLine(
            $"{latencies[Cancels / 2]:F1} us, 90 %: {latencies[Cancels * 9 / 10]:F1} us, longest: {latencies[^1]:F1} us");
        Assert.Equal([VmExitKind.Cancelled], kinds);
        Assert.InRange(latencies[Cancels / 2], 0, Bound.TotalMicroseconds);
    }

    private static TinyGuest MakeGuest(string engine, string loop)
    {
        const ulong PresentWritableLarge = 0x87;
        const int FaultVector = 14;
        const int UndefinedVector = 6;
        var guest = new TinyGuest(engine, Loops[loop]);

        // Everything above the first 2 MiB is the same 2 MiB.
        for (ulong page = 1; page < 512; page++)
            guest.Write(TinyGuest.Pml4Address + 0x2000 + (page * 8), Far | PresentWritableLarge);

        guest.Machine.Map(MemoryRegion.Anonymous(Far, 2 << 20));
        guest.Load(Handler, c =>
        {
            c.add(rsp, 8);
            c.iretq();
        });
        guest.InstallTables(guest.Cpu, (FaultVector, Handler));
        guest.SetGate(UndefinedVector, TinyGuest.CodeAddress, stack: 1);
        return guest;
    }

    private static void Endlessly(Assembler c, Action body)
    {
        Label again = c.CreateLabel();
        c.Label(ref again);
        body();
        c.jmp(again);
    }
}
