using System.Globalization;

namespace Lodge.Machines.Tests;

/// <summary>How often tests of races try: <c>LODGE_TEST_CYCLES</c> says how often where that is to be more than usual.</summary>
internal static class TestCycles
{
    private static readonly string? Said = Environment.GetEnvironmentVariable("LODGE_TEST_CYCLES");

    public static int Or(int usual) => Said is null ? usual : int.Parse(Said, CultureInfo.InvariantCulture);
}
