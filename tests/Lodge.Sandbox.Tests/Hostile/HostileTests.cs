using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class HostileTests
{
    public static IEnumerable<TheoryDataRow<string>> AttackNames
        => Attacks.Names.Select(static name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(AttackNames))]
    public void Call_OfAHostileGuest_HarmsNobodyElse(string name)
    {
        Attack attack = Attacks.Named(name);
        Restrained.Run(() => Attempt(attack));
    }

    private static void Attempt(Attack attack)
    {
        using Sandbox sandbox = HostileGuest.Create(attack.Configure);
        using Snapshot clean = sandbox.TakeSnapshot();
        using Sandbox other = HostileGuest.Create(clean);
        sandbox.Restore(clean);
        byte[] before = HostileGuest.ScratchOf(sandbox);

        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Outcomes outcome = HostileGuest.Call(sandbox, attack);
        Assert.True((attack.Expected & outcome) != 0, $"It ended with {outcome}, and not with {attack.Expected}.");
        bool isReady = (outcome & Outcomes.Ready) != 0;
        Assert.Equal(isReady ? SandboxStatus.Ready : SandboxStatus.Poisoned, sandbox.Status);
        if (isReady)
            TakeSnapshot(sandbox, attack);
        else
            Assert.Throws<InvalidOperationException>(sandbox.TakeSnapshot);

        Assert.Equal(3, other.Call<int>("Add", 1, 2));
        sandbox.Restore(clean);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.True(allocated <= attack.MostBytes, $"The host allocated {allocated >> 10} KiB.");

        Assert.Equal(SandboxStatus.Ready, sandbox.Status);
        Assert.True(before.AsSpan().SequenceEqual(HostileGuest.ScratchOf(sandbox)), "Something is left in scratch.");
        Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
    }

    /// <summary>A snapshot is refused, or it can be made a sandbox of.</summary>
    private static void TakeSnapshot(Sandbox sandbox, Attack attack)
    {
        Snapshot after;
        try
        {
            after = sandbox.TakeSnapshot();
        }
        catch (SnapshotException refused)
        {
            Assert.NotEmpty(refused.Message);
            Assert.Equal(SandboxStatus.Ready, sandbox.Status);
            return;
        }

        using (after)
        {
            var add = new Attack("add", Outcomes.Any, "Add", 1, 2) { Timeout = TimeSpan.FromSeconds(1) };
            using Sandbox clone = HostileGuest.Create(after);
            Outcomes outcome = HostileGuest.Call(clone, add);
            Assert.True(!attack.SnapshotWorks || outcome == Outcomes.Value, $"The snapshot's guest ended with {outcome}.");

            // The attacked guest goes on as it is, and then as the snapshot has it.
            HostileGuest.Call(sandbox, add);
            sandbox.Restore(after);
            Assert.Equal(outcome, HostileGuest.Call(sandbox, add));
        }
    }
}
