using Lodge.Benchmarks.Quick;
using Lodge.Machines;
using Engines = Lodge.Machines.Machines;

namespace Lodge.Benchmarks.Machines;

/// <summary>The rows of Lodge.Machines.</summary>
internal sealed class MachinesSuite : IQuickSuite
{
    private const double WantedCreation = 50;
    private const double WantedRoundTrip = 1_000;
    private const double WantedInterpreted = 200;
    private const double WantedCompiled = 800;

    private static readonly string[] Programs = ["spin", "sha256", "bigint", "quicksort"];

    private static readonly SoftwareEngine Interpreted = new(new SoftwareOptions { Compiles = false });

    public IEnumerable<QuickRow> GetRows() => [.. Software(), .. Kvm()];

    private static IEnumerable<QuickRow> Software()
    {
        yield return Create(Engines.Software, QuickTarget.AtMost(WantedCreation, "µs"));
        yield return RoundTrip(Engines.Software, QuickTarget.Nanoseconds(WantedRoundTrip));
        foreach (string program in Programs)
        {
            yield return Speed($"{program}", program, Engines.Software, WantedCompiled);
            yield return Speed($"{program}/interpreted", program, Interpreted, WantedInterpreted);
        }
    }

    private static IEnumerable<QuickRow> Kvm()
    {
        if (Engines.Kvm.MissingBecause is string reason)
            return [QuickRow.Missing("machines/kvm/create", reason), QuickRow.Missing("machines/kvm/exit-round-trip", reason)];

        return [Create(Engines.Kvm, null), RoundTrip(Engines.Kvm, null)];
    }

    private static QuickRow Create(IMachineEngine engine, QuickTarget? target)
        => QuickRow.OfValue($"machines/{engine.Name}/create", "µs", () => MachineCreation.Measure(engine), target);

    private static QuickRow RoundTrip(IMachineEngine engine, QuickTarget? target)
        => QuickRow.OfTime($"machines/{engine.Name}/exit-round-trip", target, () => new ExitRoundTripWorkload(engine));

    private static QuickRow Speed(string name, string program, SoftwareEngine engine, double wanted)
        => QuickRow.OfValue(
            $"machines/software/mips/{name}",
            "MIPS",
            () => ProgramSpeed.Measure(program, engine),
            QuickTarget.AtLeast(wanted, "MIPS"));
}
