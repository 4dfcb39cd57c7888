using Xunit;

namespace Lodge.Machines.Tests;

public sealed class EngineProberTests
{
    /// <summary>On whatever engines there are here: each says what it does not run, and what every guest needs runs.</summary>
    [Fact]
    public void Probe_EachEngine_HasARemarkForWhatItDoesNotRun()
    {
        foreach (IMachineEngine engine in Machines.Available)
        {
            EngineProbe probe = EngineProber.Probe(engine);
            Assert.True(probe.RunsIntegerCode, string.Join('\n', probe.Remarks));
            Assert.Equal(probe.RunsEverything, probe.Remarks.Count == 0);
        }
    }

    [Fact]
    public void Probe_GuestThatNeverStops_IsCancelledAndSaidSo()
    {
        var engine = new ScriptedEngine(cpu =>
        {
            cpu.Cancelled.Wait();
            return new VmExit { Kind = VmExitKind.Cancelled };
        });
        EngineProbe probe = EngineProber.Probe(engine, TimeSpan.FromMilliseconds(20));
        Assert.False(probe.RunsIntegerCode);
        Assert.Equal(0, probe.InstructionsPerSecond);
        Assert.Equal(5, probe.Remarks.Count);
        Assert.All(probe.Remarks, remark => Assert.Contains("did not end within 20 ms", remark, StringComparison.Ordinal));
    }

    [Fact]
    public void Probe_GuestThatGetsSomethingElse_IsSaidSo()
    {
        bool isOut = false;
        var engine = new ScriptedEngine(_ =>
        {
            isOut = !isOut;
            return isOut
                ? new VmExit { Kind = VmExitKind.PortOut, Port = ProbeGuest.Port, Size = 4, Value = 0x99 }
                : new VmExit { Kind = VmExitKind.Halt };
        });
        EngineProbe probe = EngineProber.Probe(engine);
        Assert.Equal("SSE2: the guest got [99] instead of [54].", probe.Remarks[1]);
        Assert.False(probe.RunsSse);
    }

    [Fact]
    public void Probe_EngineThatFails_IsSaidSo()
    {
        var engine = new ScriptedEngine(_ => throw new MachineException("run a vCPU", 14));
        EngineProbe probe = EngineProber.Probe(engine);
        Assert.All(probe.Remarks, remark => Assert.Contains("(error 14).", remark, StringComparison.Ordinal));
        Assert.Equal(5, probe.Remarks.Count);
    }

    [Fact]
    public void Probe_GuestThatStopsAgainAndAgain_IsGivenUp()
    {
        var engine = new ScriptedEngine(_ => new VmExit { Kind = VmExitKind.PortIn, Port = ProbeGuest.Port, Size = 4 });
        Assert.All(EngineProber.Probe(engine).Remarks, remark => Assert.Contains("100 exits", remark, StringComparison.Ordinal));
    }
}
