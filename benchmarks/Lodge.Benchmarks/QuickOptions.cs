using System.Diagnostics.CodeAnalysis;

namespace Lodge.Benchmarks;

/// <summary>What the quick mode was asked to do.</summary>
/// <param name="Only">What the names of the rows begin with; everything does with nothing.</param>
/// <param name="JsonPath">The file that the results go to besides the table.</param>
internal sealed record QuickOptions(string Only, string? JsonPath)
{
    public const string Help =
        """
        Lodge.Benchmarks --quick [--only PREFIX] [--json FILE]
            Measures everything within a minute: each row and its baseline in turn, many times over; a ratio is the median
            of the pairs' ratios. A table says what was measured, over which working set, and which figure is wanted.
              --only PREFIX   only the rows whose names begin so, as in memory/read-u64
              --json FILE     the results also as a JSON array

        Lodge.Benchmarks [arguments of BenchmarkDotNet]
            The same operations in detail, as in
              --list flat
              --filter '*ReadU64*'
              --filter '*Copy*' --job short

        Ends with 0 however fast it was; with 1 if a row threw or allocated memory; with 2 if it was called wrongly.

        """;

    public static bool TryParse(
        ReadOnlySpan<string> arguments, [NotNullWhen(true)] out QuickOptions? result, [NotNullWhen(false)] out string? problem)
    {
        result = null;
        string only = "";
        string? jsonPath = null;
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (argument == "--quick")
                continue;

            if (argument is not ("--only" or "--json"))
            {
                problem = $"The quick mode has no argument \"{argument}\".";
                return false;
            }

            if (++i == arguments.Length)
            {
                problem = $"{argument} is followed by a {(argument == "--only" ? "prefix" : "file")}.";
                return false;
            }

            if (argument == "--only")
                only = arguments[i];
            else
                jsonPath = arguments[i];
        }

        result = new QuickOptions(only, jsonPath);
        problem = null;
        return true;
    }
}
