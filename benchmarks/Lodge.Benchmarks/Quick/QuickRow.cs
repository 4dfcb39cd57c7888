namespace Lodge.Benchmarks.Quick;

/// <summary>One row: how it is called, what it should reach, and how to make its work.</summary>
internal sealed class QuickRow
{
    private QuickRow(string name, QuickTarget? target, Func<Workload>? createWork, Func<double>? measureValue, string? unit)
    {
        Name = name;
        Target = target;
        CreateWork = createWork;
        MeasureValue = measureValue;
        Unit = unit;
    }

    public string Name { get; }

    /// <summary>The figure that is wanted, or nothing where the row only reports.</summary>
    public QuickTarget? Target { get; }

    /// <summary>Makes the work of a row that is a time. Whoever calls it disposes of the work.</summary>
    public Func<Workload>? CreateWork { get; }

    /// <summary>Measures a row that is something else.</summary>
    public Func<double>? MeasureValue { get; }

    /// <summary>What <see cref="MeasureValue"/> counts.</summary>
    public string? Unit { get; }

    /// <summary>A row that is a time.</summary>
    public static QuickRow OfTime(string name, QuickTarget? target, Func<Workload> createWork) => new(name, target, createWork, null, null);

    /// <summary>A row that is a number of something.</summary>
    public static QuickRow OfValue(string name, string unit, Func<double> measure) => new(name, null, null, measure, unit);
}
