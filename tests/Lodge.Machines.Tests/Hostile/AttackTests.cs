using Xunit;

namespace Lodge.Machines.Tests;

public class AttackTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LimitOfInexact = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LimitOfEndless = TimeSpan.FromMilliseconds(100);

    /// <summary>Every attack on every engine. In attacks as short as these nothing is compiled but where that is done at
    /// once.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Cases()
    {
        foreach ((string name, IMachineEngine engine) in TestEngines.All.Where(named => named.Engine != TestEngines.Interpreted))
        {
            foreach (Attack attack in AttacksOn(engine))
                yield return new(name, attack.Name) { Skip = engine.MissingBecause };
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attack_OnAnEngine_EndsAndLeavesTheHostAlone(string engineName, string name)
    {
        Attack attack = Attacks.All.Single(attack => attack.Name == name);
        using var guest = new HostileGuest(
            TestEngines.Get(engineName),
            new BareGuestOptions { Ring = attack.Ring, UsesInterruptStack = attack.UsesInterruptStack });
        guest.Assemble(attack.Code);
        attack.Prepare?.Invoke(guest);

        BareRun run = guest.Run(attack.Outcome == Outcome.RunsOn ? LimitOfEndless : guest.IsExact ? Limit : LimitOfInexact);

        attack.Outcome.Check(guest, run);
    }

    // Selectors prove what a processor does; an engine that does not do it here proves nothing by them.
    private static IEnumerable<Attack> AttacksOn(IMachineEngine engine)
    {
        if (engine == TestEngines.Compiled)
            return Attacks.All.Where(attack => !attack.ExecutesMuchMemory);

        return engine.IsAvailable && !HostileGuest.IsExactOn(engine) ? Attacks.All.Except(Attacks.OfSelectors) : Attacks.All;
    }

    [Fact]
    public void Attacks_HaveDifferentNames()
        => Assert.Equal(Attacks.All.Count, Attacks.All.Select(attack => attack.Name).Distinct().Count());
}
