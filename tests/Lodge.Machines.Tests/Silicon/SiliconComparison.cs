using System.Diagnostics;
using System.Globalization;
using System.Text;
using Iced.Intel;

namespace Lodge.Machines.Tests.Silicon;

/// <summary>Runs cases on the processor and in a machine, and keeps what was different.</summary>
internal sealed class SiliconComparison(NativeProcessor native, MachineProcessor machine, int rounds = 1)
{
    private const int MostReports = 12;
    private const int MostReportsOfAForm = 2;

    private readonly Dictionary<Code, int> _failuresOf = [];
    private readonly Dictionary<Code, int> _endedOf = [];
    private readonly SortedDictionary<int, int> _vectors = [];
    private readonly StringBuilder _reports = new();
    private int _reportCount;
    private TimeSpan _machineTime;

    /// <summary>How many cases were compared.</summary>
    public int Compared { get; private set; }

    /// <summary>How many were different.</summary>
    public int Different { get; private set; }

    /// <summary>How often each form was executed to its end, as a case of its own.</summary>
    public IReadOnlyDictionary<Code, int> Ended => _endedOf;

    /// <summary>The cases that were different, the first of each form; and how many there were.</summary>
    public string Reports
        => $"{Different} of {Compared} cases are different, with LODGE_MODEL_SEED={SiliconOptions.Seed}:{Environment.NewLine}"
            + _reports
            + string.Join(Environment.NewLine, _failuresOf.OrderByDescending(item => item.Value).Select(Line));

    private static string Line(KeyValuePair<Code, int> failures)
        => $"  {failures.Value} x {(failures.Key == Code.INVALID ? "block" : failures.Key)}";

    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"{Compared} cases: {string.Join(", ", _vectors.Select(item => $"{Name(item.Key)} {item.Value}"))}; "
            + $"{_machineTime.TotalMicroseconds / Compared:F1} us each in the machine");

    /// <summary>Compares cases.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="stop">How the machine is stopped, for each of them.</param>
    public void Run(IReadOnlyList<SiliconCase> cases, Func<int, CaseStop> stop)
    {
        CaseOutcome[] expected = native.Run(cases);
        for (int i = 0; i < cases.Count; i++)
            Compare(cases[i], expected[i], stop(i));
    }

    private void Compare(SiliconCase item, CaseOutcome expected, CaseStop stop)
    {
        Compared++;
        _vectors[expected.Vector] = _vectors.GetValueOrDefault(expected.Vector) + 1;
        if (!expected.Faulted && item.Instructions.Count == 1)
            _endedOf[item.Instructions[0].Code] = _endedOf.GetValueOrDefault(item.Instructions[0].Code) + 1;

        List<string> differences = Differences(item, expected, stop, out CaseOutcome? actual);
        if (differences.Count == 0)
            return;

        Different++;
        Code code = item.Instructions.Count == 1 ? item.Instructions[0].Code : Code.INVALID;
        int failures = _failuresOf[code] = _failuresOf.GetValueOrDefault(code) + 1;
        if (failures <= (code == Code.INVALID ? MostReports : MostReportsOfAForm) && ++_reportCount <= MostReports)
            Report(item, stop, differences);
    }

    private void Report(SiliconCase item, CaseStop stop, List<string> seen)
    {
        item = CaseShrinker.Shrink(item, candidate => Differences(candidate, native.Run(candidate), stop, out _).Count > 0);
        CaseOutcome expected = native.Run(item);
        List<string> differences = Differences(item, expected, stop, out CaseOutcome? actual);
        _reports.AppendLine(CultureInfo.InvariantCulture, $"{stop}:");
        if (differences.Count == 0)
        {
            _reports.AppendLine("  (not again: what ran before it matters)");
            differences = seen;
        }

        _reports.AppendLine(CaseReport.Write(item, expected, actual, differences));
    }

    private List<string> Differences(SiliconCase item, CaseOutcome expected, CaseStop stop, out CaseOutcome? actual)
    {
        actual = null;
        if (expected.Vector == CaseOutcome.Endless)
            return [];

        try
        {
            long start = Stopwatch.GetTimestamp();
            actual = machine.Run(item, stop, rounds);
            _machineTime += Stopwatch.GetElapsedTime(start);
        }
        catch (Exception failure) when (failure is InvalidOperationException or MachineException)
        {
            machine.Renew();
            return [failure.Message];
        }

        return CaseComparer.Differences(item, expected, actual);
    }

    private static string Name(int vector) => vector switch
    {
        CaseOutcome.Ended => "ended",
        CaseOutcome.Endless => "endless",
        _ => $"#{vector}",
    };
}
