using System.Globalization;
using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Accesses through tables that change all the time, against an oracle that knows of each page where it leads.</summary>
/// <remarks><c>LODGE_MODEL_SEED</c> runs one seed alone, <c>LODGE_MODEL_RUNS</c> so many of them.</remarks>
public sealed class PagedMemoryModelTests
{
    private const int Runs = 12;

    [Theory]
    [MemberData(nameof(PagedWorld.Formats), MemberType = typeof(PagedWorld))]
    public void EveryAccess_DoesWhatTheOracleSays(string format)
    {
        string? only = Environment.GetEnvironmentVariable("LODGE_MODEL_SEED");
        string? wanted = Environment.GetEnvironmentVariable("LODGE_MODEL_RUNS");
        int first = only is null ? 0 : int.Parse(only, CultureInfo.InvariantCulture);
        int runs = int.TryParse(wanted, CultureInfo.InvariantCulture, out int number) ? number : Runs;
        for (int seed = first; seed < (only is null ? runs : first + 1); seed++)
        {
            using var run = new PagedMemoryRun(format, seed);
            Exception? thrown = Record.Exception(() => run.Run(400));
            Assert.True(thrown is null, $"LODGE_MODEL_SEED={seed}: {thrown}");
        }
    }
}
