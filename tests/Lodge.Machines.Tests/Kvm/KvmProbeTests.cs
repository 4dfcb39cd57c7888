using Xunit;

namespace Lodge.Machines.Tests;

public sealed class KvmProbeTests
{
    [KvmFact]
    public void Probe_SaysWhatRunsAndWhatNot()
    {
        EngineProbe probe = Machines.Kvm.Probe();
        bool[] runs = [probe.RunsIntegerCode, probe.RunsSse, probe.RunsSoftwareInterrupts, probe.RunsPageFaults];
        Assert.True(probe.RunsIntegerCode, string.Join('\n', probe.Remarks));
        Assert.Equal(runs.Count(one => !one), probe.Remarks.Count);
        Assert.InRange(probe.InstructionsPerSecond, 10_000, 1e11);
        TestContext.Current.TestOutputHelper?.WriteLine($"{probe} {string.Join('\n', probe.Remarks)}");
    }

    [KvmFact]
    public void Probe_IsDoneOnce() => Assert.Same(Machines.Kvm.Probe(), Machines.Kvm.Probe());
}
