using System.Text.Json.Serialization;

namespace Lodge.Benchmarks.Quick;

/// <summary>What was measured of a row, as it goes into the JSON file.</summary>
/// <param name="Name">The row.</param>
/// <param name="Nanoseconds">The median time of one operation; nothing where the row is no time.</param>
/// <param name="BaselineNanoseconds">The median time of the baseline's.</param>
/// <param name="Ratio">The median of the pairs' ratios, which differs from the ratio of the medians.</param>
/// <param name="AllocatedBytes">What all measured runs of the row allocated, in bytes.</param>
/// <param name="Value">The number, where the row is no time.</param>
/// <param name="Unit">What is counted there.</param>
internal sealed record QuickResult(
    string Name,
    double? Nanoseconds,
    double? BaselineNanoseconds,
    double? Ratio,
    long AllocatedBytes,
    double? Value,
    string? Unit)
{
    /// <summary>The median of what the pairs' rows took longer than their baselines.</summary>
    [JsonIgnore]
    public double? AddedNanoseconds { get; init; }

    /// <summary>What the row worked on, and what it was compared with.</summary>
    [JsonIgnore]
    public string Remarks { get; init; } = "";
}
