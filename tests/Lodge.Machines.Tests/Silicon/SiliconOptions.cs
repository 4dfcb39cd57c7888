using System.Globalization;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>How much is compared: what the environment says.</summary>
internal static class SiliconOptions
{
    private const int DefaultCases = 60_000;

    /// <summary>How many cases of single instructions there are, and a third as many blocks
    /// (<c>LODGE_SILICON_CASES</c>).</summary>
    public static int Cases { get; } = (int)Number("LODGE_SILICON_CASES", DefaultCases);

    /// <summary>The seed of all of them (<c>LODGE_MODEL_SEED</c>).</summary>
    public static ulong Seed { get; } = Number("LODGE_MODEL_SEED", (ulong)Environment.TickCount64);

    private static ulong Number(string variable, ulong otherwise)
        => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? ulong.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
