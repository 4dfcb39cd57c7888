using Xunit;

namespace Lodge.Machines.Tests;

public class AttackTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LimitOfInexact = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LimitOfEndless = TimeSpan.FromMilliseconds(100);

    /// <summary>Every attack on every engine.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Cases()
        => Machines.All.SelectMany(engine => Attacks.All.Select(
            attack => new TheoryDataRow<string, string>(engine.Name, attack.Name)
            {
                Skip = engine.MissingBecause,
            }));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attack_OnAnEngine_EndsAndLeavesTheHostAlone(string engineName, string name)
    {
        Attack attack = Attacks.All.Single(attack => attack.Name == name);
        IMachineEngine engine = Machines.All.Single(engine => engine.Name == engineName);
        using var guest = new HostileGuest(
            engine, new BareGuestOptions { Ring = attack.Ring, UsesInterruptStack = attack.UsesInterruptStack });
        guest.Assemble(attack.Code);
        attack.Prepare?.Invoke(guest);

        BareRun run = guest.Run(attack.Outcome == Outcome.RunsOn ? LimitOfEndless : guest.IsExact ? Limit : LimitOfInexact);

        attack.Outcome.Check(guest, run);
    }

    [Fact]
    public void Attacks_HaveDifferentNames()
        => Assert.Equal(Attacks.All.Count, Attacks.All.Select(attack => attack.Name).Distinct().Count());
}
