using System.Globalization;

namespace Lodge.Benchmarks.Quick;

/// <summary>The figure that a row should reach on a quiet machine. It is shown and not enforced.</summary>
internal sealed class QuickTarget
{
    private readonly Func<QuickResult, double?> _measured;
    private readonly double _limit;
    private readonly string _text;

    private QuickTarget(double limit, string text, Func<QuickResult, double?> measured)
    {
        _limit = limit;
        _text = text;
        _measured = measured;
    }

    /// <summary>So many times the baseline.</summary>
    public static QuickTarget Ratio(double limit)
        => new(limit, string.Create(CultureInfo.InvariantCulture, $"ratio <= {limit}"), result => result.Ratio);

    /// <summary>So many nanoseconds.</summary>
    public static QuickTarget Nanoseconds(double limit)
        => new(limit, string.Create(CultureInfo.InvariantCulture, $"<= {limit:N0} ns"), result => result.Nanoseconds);

    /// <summary>So many nanoseconds more than the baseline.</summary>
    public static QuickTarget Added(double nanoseconds)
        => new(nanoseconds, string.Create(CultureInfo.InvariantCulture, $"+ {nanoseconds} ns"), result => result.AddedNanoseconds);

    public bool IsReachedBy(QuickResult result) => _measured(result) <= _limit;

    public override string ToString() => _text;
}
