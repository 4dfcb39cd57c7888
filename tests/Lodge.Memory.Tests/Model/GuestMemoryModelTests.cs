using System.Globalization;
using Xunit;

namespace Lodge.Memory.Tests.Model;

/// <summary>The whole access surface against an oracle, over generated layouts and operations.</summary>
/// <remarks><c>LODGE_MODEL_SEED</c> runs one seed alone, <c>LODGE_MODEL_RUNS</c> so many of them.</remarks>
public sealed class GuestMemoryModelTests
{
    private const int Runs = 1000;
    private const int OperationsPerRun = 60;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void EveryAccess_OnEveryPath_DoesWhatTheOracleSays(int third)
    {
        string? only = Environment.GetEnvironmentVariable("LODGE_MODEL_SEED");
        int runs = int.TryParse(Environment.GetEnvironmentVariable("LODGE_MODEL_RUNS"), CultureInfo.InvariantCulture, out int wanted)
            ? wanted
            : Runs;
        if (only is not null)
        {
            RunSeed(int.Parse(only, CultureInfo.InvariantCulture));
            return;
        }

        for (int seed = third; seed < runs; seed += 3)
            RunSeed(seed);
    }

    private static void RunSeed(int seed)
    {
        try
        {
            using var run = new ModelRun(seed);
            run.Run(OperationsPerRun);
        }
        catch (ModelMismatchException exception)
        {
            Assert.Fail($"LODGE_MODEL_SEED={seed}: {exception.Message}");
        }
    }
}
