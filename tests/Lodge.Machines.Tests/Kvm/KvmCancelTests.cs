using System.Globalization;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

public sealed class KvmCancelTests
{
    private static readonly int Races = int.Parse(
        Environment.GetEnvironmentVariable("LODGE_TEST_CYCLES") ?? "2000", CultureInfo.InvariantCulture);

    [KvmFact]
    public void Cancel_BeforeRun_EndsTheNextRunAndNoOther()
    {
        using var guest = new TinyGuest(c => c.hlt());
        guest.Cpu.Cancel();
        guest.Cpu.Cancel();
        Assert.Equal(VmExitKind.Cancelled, guest.Cpu.Run().Kind);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
    }

    [KvmFact]
    public void Cancel_EndlessLoopInRing0_EndsIt() => CancelEndlessLoop(ring: 0);

    [KvmFact]
    public void Cancel_EndlessLoopInRing3_EndsIt() => CancelEndlessLoop(ring: 3);

    [KvmFact]
    public void Cancel_WhileTheGuestWaits_LosesNoAnswer()
    {
        using var guest = new TinyGuest(c =>
        {
            c.@in(al, 0x10);
            c.@out(0x11, al);
            c.hlt();
        });
        Assert.Equal(VmExitKind.PortIn, guest.Cpu.Run().Kind);
        guest.Cpu.Answer(0x66);
        guest.Cpu.Cancel();
        Assert.Equal(VmExitKind.Cancelled, guest.Cpu.Run().Kind);
        Assert.Equal(0x66u, guest.Cpu.Run().Value);
    }

    [KvmFact]
    public void Cancel_AfterDispose_DoesNothing()
    {
        using var guest = new TinyGuest(c => c.hlt());
        guest.Cpu.Dispose();
        guest.Cpu.Cancel();
        Assert.Throws<ObjectDisposedException>(() => guest.Cpu.Run());
    }

    [KvmFact]
    public void Cancel_RacingWithExits_EndsExactlyOneRunEach()
    {
        // Every other exit is one that comes by itself, so that cancels fall before, into and behind runs.
        using var guest = new TinyGuest(c =>
        {
            Iced.Intel.Label again = c.CreateLabel();
            c.Label(ref again);
            c.inc(rbx);
            c.@out(0x10, al);
            c.jmp(again);
        });
        string blockedBefore = SignalLine("SigBlk");
        int seen = 0;
        int asked = 0;
        var canceller = new Thread(() =>
        {
            var random = new Random(1);
            while (asked < Races)
            {
                Thread.SpinWait(random.Next(0, 2000));
                Volatile.Write(ref asked, asked + 1);
                guest.Cpu.Cancel();
                while (Volatile.Read(ref seen) != asked)
                    Thread.SpinWait(10);
            }
        });
        canceller.Start();
        ulong others = 0;
        while (seen < Races)
        {
            VmExit exit = guest.Cpu.Run();
            if (exit.Kind == VmExitKind.Cancelled)
            {
                Assert.Equal(seen + 1, Volatile.Read(ref asked));
                Volatile.Write(ref seen, seen + 1);
            }
            else
            {
                Assert.Equal(VmExitKind.PortOut, exit.Kind);
                others++;
            }
        }

        canceller.Join();
        Assert.Equal(VmExitKind.PortOut, guest.Cpu.Run().Kind);
        Assert.True(others > 0);
        Assert.Equal(0u, ulong.Parse(SignalLine("SigPnd"), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        Assert.Equal(blockedBefore, SignalLine("SigBlk"));
    }

    [KvmFact]
    public void Run_WhileItRuns_IsRefused()
    {
        using var guest = new TinyGuest(EndlessLoop);
        var runner = new Thread(() => guest.Cpu.Run());
        runner.Start();
        Assert.True(SpinWait.SpinUntil(() => ((KvmCpu)guest.Cpu).IsRunning, TimeSpan.FromSeconds(10)));
        Assert.True(IsRefused(() => guest.Cpu.Run()));
        Assert.True(IsRefused(() => _ = guest.Cpu.Registers));
        Assert.True(IsRefused(guest.Cpu.Dispose));
        Assert.True(IsRefused(guest.Machine.Dispose));
        guest.Cpu.Cancel();
        runner.Join();
    }

    [KvmFact]
    public void Signal_IsIgnoredByTheWholeProcess()
    {
        using var guest = new TinyGuest(c => c.hlt());
        ulong ignored = ulong.Parse(SignalLine("SigIgn"), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.NotEqual(0u, ignored & (1UL << (KickSignal.Number - 1)));
        Assert.InRange(KickSignal.Number, 40, 64);
    }

    private static void CancelEndlessLoop(int ring)
    {
        using var guest = new TinyGuest(EndlessLoop, createCpu: false);
        using IVirtualCpu cpu = guest.CreateCpu(ring: ring);
        for (int i = 0; i < 20; i++)
        {
            ulong before = cpu.Registers.Rbx;
            using var timer = new Timer(_ => cpu.Cancel(), null, 5, Timeout.Infinite);
            Assert.Equal(VmExitKind.Cancelled, cpu.Run().Kind);
            Assert.True(cpu.Registers.Rbx > before, "The guest executed nothing.");
        }
    }

    private static void EndlessLoop(Iced.Intel.Assembler c)
    {
        Iced.Intel.Label again = c.CreateLabel();
        c.Label(ref again);
        c.inc(rbx);
        c.jmp(again);
    }

    private static bool IsRefused(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static string SignalLine(string name)
        => File.ReadLines("/proc/thread-self/status")
            .First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(':')[1].Trim();
}
