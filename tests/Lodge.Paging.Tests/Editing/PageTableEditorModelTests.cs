using System.Globalization;
using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Generated changes in all formats, against a dictionary of pages.</summary>
/// <remarks><c>LODGE_MODEL_SEED</c> runs one seed alone, <c>LODGE_MODEL_RUNS</c> so many of them.</remarks>
public sealed class PageTableEditorModelTests
{
    private const int Runs = 2;

    [Theory]
    [MemberData(nameof(FormatCases.Names), MemberType = typeof(FormatCases))]
    public void EveryChange_DoesWhatTheModelSays(string format)
    {
        string? only = Environment.GetEnvironmentVariable("LODGE_MODEL_SEED");
        string? wanted = Environment.GetEnvironmentVariable("LODGE_MODEL_RUNS");
        int first = only is null ? 0 : int.Parse(only, CultureInfo.InvariantCulture);
        int runs = int.TryParse(wanted, CultureInfo.InvariantCulture, out int number) ? number : Runs;
        for (int seed = first; seed < (only is null ? runs : first + 1); seed++)
        {
            using var run = new EditorRun(FormatCases.Get(format).Format, seed);
            Exception? thrown = Record.Exception(() => run.Run(40));
            Assert.True(thrown is null, $"LODGE_MODEL_SEED={seed}: {thrown}");
        }
    }
}
