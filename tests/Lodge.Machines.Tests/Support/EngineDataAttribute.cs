using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Lodge.Machines.Tests;

/// <summary>A row for each engine of <see cref="TestEngines"/>: its name, and the values behind it. What is missing here is
/// skipped with the reason.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class EngineDataAttribute(params object[] values) : DataAttribute
{
    /// <summary>What of the guest's code in ring 0 not every engine runs.</summary>
    public BareNeeds Needs { get; init; }

    /// <summary>Whether it is about the two ways in which the software engine runs code, and nothing else.</summary>
    public bool IsSoftware { get; init; }

    /// <summary>Whether the test looks at what only Linux shows.</summary>
    public bool NeedsLinux { get; init; }

    /// <summary>Why Wine cannot run the test, where it cannot.</summary>
    public string? NotOnWine { get; init; }

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
        => new([.. Engines().Select(one => new TheoryDataRow([one.Name, .. values]) { Skip = WhyNot(one.Engine) })]);

    public override bool SupportsDiscoveryEnumeration() => true;

    private IEnumerable<(string Name, IMachineEngine Engine)> Engines()
        => IsSoftware ? TestEngines.Variants : TestEngines.All;

    private string? WhyNot(IMachineEngine engine)
        => NeedsLinux && !OperatingSystem.IsLinux() ? "It looks at what only Linux shows."
            : NotOnWine is { } reason && Wine.IsHost ? reason
            : EngineNeeds.WhyNot(engine, Needs);
}
