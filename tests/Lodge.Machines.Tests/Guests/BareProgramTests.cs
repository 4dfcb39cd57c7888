using Xunit;

namespace Lodge.Machines.Tests;

public class BareProgramTests
{
    // An engine that is slower than this runs the brief cases only.
    private const double LongFrom = 20e6;

    /// <summary>Every image on every engine, in each ring that it can run in. What an engine cannot do is skipped with the
    /// reason.</summary>
    public static IEnumerable<TheoryDataRow<string, string, int, bool>> Cases()
    {
        foreach ((string name, IMachineEngine engine) in TestEngines.All)
        {
            foreach (BareProgram program in BarePrograms.All)
            {
                foreach (string image in program.Images)
                {
                    foreach ((int ring, bool isLong) in new[] { (0, false), (0, true), (3, false), (3, true) })
                    {
                        BareNeeds needs = program.NeedsOf(image);
                        if (ring == 3 && (needs & BareNeeds.Ring0) != 0)
                            continue;

                        yield return new(name, image, ring, isLong)
                        {
                            Skip = WhyNot(engine, needs, ring, isLong),
                        };
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Program_OnAnEngine_ReturnsWhatTheHostReturns(string engineName, string image, int ring, bool isLong)
    {
        BareProgram program = BarePrograms.All.Single(program => program.Images.Contains(image));
        BareCase values = isLong ? program.Long : program.Brief;
        using var guest = new BareGuest(
            TestEngines.Get(engineName),
            new BareGuestOptions { Ring = ring, IsUserMemory = (program.Needs & BareNeeds.UserMemory) != 0 });
        guest.Start(BareImages.Load(image), values.First, values.Second, values.Third);

        BareRun run = guest.Run();

        Assert.True(run.Result == values.Expected, $"Expected 0x{values.Expected:x}, and came {run}.");
        Assert.Null(run.Exception);
        Assert.Equal(ring == 0 ? VmExitKind.Halt : VmExitKind.PortOut, run.End.Kind);
        Assert.Null(CompiledRegions.LastFailure);
    }

    private static string? WhyNot(IMachineEngine engine, BareNeeds needs, int ring, bool isLong)
    {
        // Code of ring 3 needs nothing of ring 0, once it runs there; where that is interpreted, ring 3 may still be fast.
        if (ring == 3 || !engine.IsAvailable)
            return engine.MissingBecause;

        double speed = engine is SoftwareEngine || !isLong ? LongFrom : engine.Probe().InstructionsPerSecond;
        return EngineNeeds.WhyNot(engine, needs)
            ?? (speed < LongFrom ? $"{engine.Name} runs {speed / 1e6:F1} million instructions a second in ring 0 here." : null);
    }
}
