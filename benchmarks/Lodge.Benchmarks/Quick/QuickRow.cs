namespace Lodge.Benchmarks.Quick;

/// <summary>One row: how it is called, what it should reach, and how to make its work.</summary>
internal sealed class QuickRow
{
    private QuickRow(string name, QuickTarget? target)
    {
        Name = name;
        Target = target;
    }

    public string Name { get; }

    /// <summary>The figure that is wanted, or nothing where the row only reports.</summary>
    public QuickTarget? Target { get; }

    /// <summary>Makes the work of a row that is a time. Whoever calls it disposes of the work.</summary>
    public Func<Workload>? CreateWork { get; private init; }

    /// <summary>Measures a row that is something else.</summary>
    public Func<double>? MeasureValue { get; private init; }

    /// <summary>What <see cref="MeasureValue"/> counts.</summary>
    public string? Unit { get; private init; }

    /// <summary>Why there is nothing to measure here; null where there is.</summary>
    public string? MissingBecause { get; private init; }

    /// <summary>A row that is a time.</summary>
    public static QuickRow OfTime(string name, QuickTarget? target, Func<Workload> createWork)
        => new(name, target) { CreateWork = createWork };

    /// <summary>A row that is a number of something.</summary>
    public static QuickRow OfValue(string name, string unit, Func<double> measure, QuickTarget? target = null)
        => new(name, target) { MeasureValue = measure, Unit = unit };

    /// <summary>A row for which something is missing on this machine.</summary>
    public static QuickRow Missing(string name, string because) => new(name, null) { MissingBecause = because };
}
