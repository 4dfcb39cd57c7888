using System.Globalization;

namespace Lodge.Benchmarks.Quick;

/// <summary>The figure that a row should reach on a quiet machine. It is shown and not enforced.</summary>
internal sealed class QuickTarget
{
    private readonly Func<QuickResult, double?> _measured;
    private readonly double _limit;
    private readonly string _text;
    private readonly bool _isLeast;

    private QuickTarget(double limit, string text, Func<QuickResult, double?> measured, bool isLeast = false)
    {
        _limit = limit;
        _text = text;
        _measured = measured;
        _isLeast = isLeast;
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

    /// <summary>A value of at most so many.</summary>
    public static QuickTarget AtMost(double limit, string unit)
        => new(limit, string.Create(CultureInfo.InvariantCulture, $"<= {limit:N0} {unit}"), result => result.Value);

    /// <summary>A value of at least so many.</summary>
    public static QuickTarget AtLeast(double limit, string unit)
        => new(limit, string.Create(CultureInfo.InvariantCulture, $">= {limit:N0} {unit}"), result => result.Value, isLeast: true);

    public bool IsReachedBy(QuickResult result) => _isLeast ? _measured(result) >= _limit : _measured(result) <= _limit;

    public override string ToString() => _text;
}
