using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

[Collection(ProcessStateCollection.Name)]
public sealed class CpuCancelTests
{
    private static readonly int Races = TestCycles.Or(2000);

    [Theory, EngineData]
    public void Cancel_BeforeRun_EndsTheNextRunAndNoOther(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        guest.Cpu.Cancel();
        guest.Cpu.Cancel();
        Assert.Equal(VmExitKind.Cancelled, guest.Cpu.Run().Kind);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
    }

    [Theory]
    [EngineData(0)]
    [EngineData(3)]
    public void Cancel_EndlessLoop_EndsIt(string engine, int ring)
    {
        using var guest = new TinyGuest(engine, EndlessLoop, createCpu: false);
        using IVirtualCpu cpu = guest.CreateCpu(ring: ring);
        for (int i = 0; i < 20; i++)
        {
            ulong before = cpu.Registers.Rbx;
            int attempts = 0;
            do
            {
                // On a busy machine it comes before the guest has begun.
                using var timer = new Timer(_ => cpu.Cancel(), null, 5, Timeout.Infinite);
                Assert.Equal(VmExitKind.Cancelled, cpu.Run().Kind);
            }
            while (cpu.Registers.Rbx == before && ++attempts < 100);

            Assert.True(cpu.Registers.Rbx > before, "The guest executed nothing.");
        }
    }

    [Theory, EngineData]
    public void Cancel_WhileTheGuestWaits_LosesNoAnswer(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
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

    /// <summary>Across the end of memory and a page: the host is asked twice by one instruction.</summary>
    [Theory, EngineData]
    public void Cancel_BetweenTwoAccessesOfOneInstruction_EndsTheNextRun(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.movsq();
            c.hlt();
        });
        guest.Cpu.Registers = guest.Registers with { Rsi = TinyGuest.NoMemory, Rdi = TinyGuest.NoMemory + 0x100 };
        Assert.Equal(VmExitKind.MmioRead, guest.Cpu.Run().Kind);
        guest.Cpu.Answer(5);
        guest.Cpu.Cancel();
        Assert.Equal(VmExitKind.Cancelled, guest.Cpu.Run().Kind);
        VmExit exit = guest.Cpu.Run();
        Assert.Equal((VmExitKind.MmioWrite, 5ul), (exit.Kind, exit.Value));
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
    }

    [Theory, EngineData]
    public void Cancel_GuestThatHasShutDown_EndsTheNextRun(string engine)
    {
        // There is no IDT.
        using var guest = new TinyGuest(engine, c => c.ud2());
        Assert.Equal(VmExitKind.Shutdown, guest.Cpu.Run().Kind);
        guest.Cpu.Cancel();
        Assert.Equal(VmExitKind.Cancelled, guest.Cpu.Run().Kind);
        Assert.Equal(VmExitKind.Shutdown, guest.Cpu.Run().Kind);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Cancel_ModeThatIsNotEmulated_EndsTheNextRun(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt(), createCpu: false);
        using IVirtualCpu cpu = guest.Machine.CreateCpu();
        cpu.Cancel();
        Assert.Equal(VmExitKind.Cancelled, cpu.Run().Kind);
        Assert.Equal(VmExitKind.InternalError, cpu.Run().Kind);
    }

    [Theory, EngineData]
    public void Cancel_AfterDispose_DoesNothing(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        guest.Cpu.Dispose();
        guest.Cpu.Cancel();
        Assert.Throws<ObjectDisposedException>(() => guest.Cpu.Run());
    }

    [Theory, EngineData]
    public void Cancel_RacingWithExits_EndsExactlyOneRunEach(string engine)
    {
        // Every other exit is one that comes by itself, so that cancels fall before, into and behind runs.
        using var guest = new TinyGuest(engine, c =>
        {
            Iced.Intel.Label again = c.CreateLabel();
            c.Label(ref again);
            c.inc(rbx);
            c.@out(0x10, al);
            c.jmp(again);
        });
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
                var spin = new SpinWait();
                while (Volatile.Read(ref seen) != asked)
                    spin.SpinOnce(sleep1Threshold: -1);
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
    }

    [Theory, EngineData]
    public void Run_WhileItRuns_IsRefused(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            Iced.Intel.Label again = c.CreateLabel();
            c.Label(ref again);
            c.inc(__dword_ptr[TinyGuest.DataAddress]);
            c.jmp(again);
        });
        var runner = new Thread(() => guest.Cpu.Run());
        runner.Start();
        Assert.True(SpinWait.SpinUntil(() => guest.Read(TinyGuest.DataAddress) != 0, TimeSpan.FromSeconds(10)));
        Assert.True(IsRefused(() => guest.Cpu.Run()));
        Assert.True(IsRefused(() => _ = guest.Cpu.Registers));
        Assert.True(IsRefused(guest.Cpu.Dispose));
        Assert.True(IsRefused(guest.Machine.Dispose));
        guest.Cpu.Cancel();
        runner.Join();
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
}
