using System.Globalization;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

public sealed class KvmSignalTests
{
    [KvmFact]
    public void Signal_IsIgnoredByTheWholeProcess()
    {
        using IVirtualMachine machine = Machines.Kvm.CreateMachine();
        using IVirtualCpu cpu = machine.CreateCpu();
        Assert.NotEqual(0u, Signals("SigIgn") & (1UL << (KickSignal.Number - 1)));
        Assert.InRange(KickSignal.Number, 40, 64);
    }

    [KvmFact]
    public void Cancel_RacingWithExits_LeavesTheThreadsSignalsAsTheyWere()
    {
        using var guest = new TinyGuest(Machines.Kvm, c =>
        {
            Iced.Intel.Label again = c.CreateLabel();
            c.Label(ref again);
            c.@out(0x10, al);
            c.jmp(again);
        });
        ulong blocked = Signals("SigBlk");
        using (var crew = new Crew())
        {
            crew.Start(() =>
            {
                guest.Cpu.Cancel();
                Thread.SpinWait(1000);
            });
            for (int cancels = 0; cancels < 500;)
                cancels += guest.Cpu.Run().Kind == VmExitKind.Cancelled ? 1 : 0;
        }

        Assert.Equal(0u, Signals("SigPnd"));
        Assert.Equal(blocked, Signals("SigBlk"));
    }

    private static ulong Signals(string name)
    {
        string line = File.ReadLines("/proc/thread-self/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return ulong.Parse(line.Split(':')[1].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
