using Xunit;

namespace Lodge.Machines.Tests;

public sealed class EngineProbeTests
{
    [Theory, EngineData]
    public void Probe_SaysWhatRunsAndWhatNot(string engine)
    {
        EngineProbe probe = TestEngines.Get(engine).Probe();
        bool[] runs = [probe.RunsIntegerCode, probe.RunsSse, probe.RunsSoftwareInterrupts, probe.RunsPageFaults];
        Assert.True(probe.RunsIntegerCode, string.Join('\n', probe.Remarks));
        Assert.Equal(runs.Count(one => !one), probe.Remarks.Count);
        Assert.InRange(probe.InstructionsPerSecond, 10_000, 1e11);
        TestContext.Current.TestOutputHelper?.WriteLine($"{probe} {string.Join('\n', probe.Remarks)}");
    }

    [Theory, EngineData]
    public void Probe_IsDoneOnce(string engine) => Assert.Same(TestEngines.Get(engine).Probe(), TestEngines.Get(engine).Probe());
}
