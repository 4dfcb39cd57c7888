using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Snapshots of guests that have spoilt what they could, and of those that have come a long way.</summary>
public sealed class SpoiltGuestSnapshotTests
{
    [Fact]
    public void Stored_OfAGuestAfterAnAttack_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        var store = new SnapshotStore(folder.PathOf("store"));
        var random = new Random(1);
        string[] names = [.. Attacks.Names.OrderBy(_ => random.Next()).Take(100)];
        foreach (string name in names)
        {
            Attack attack = Attacks.Named(name);
            if (attack.Timeout < TimeSpan.FromSeconds(1) || attack.Configure is not null)
                continue;

            using Sandbox sandbox = HostileGuest.Create();
            if ((HostileGuest.Call(sandbox, attack) & Outcomes.Ready) == 0)
                continue;

            Snapshot taken;
            try
            {
                taken = sandbox.TakeSnapshot();
            }
            catch (SnapshotException)
            {
                continue;
            }

            using (taken)
            {
                store.Save(taken, "tag");
                using Snapshot loaded = store.Load("tag");
                Assert.Equal(taken.State.Cpu!.System, loaded.State.Cpu!.System);
                Assert.Equal(taken.State.Cpu.Debug, loaded.State.Cpu.Debug);
                Assert.Equal(taken.State.Cpu.Msrs.AsEnumerable(), loaded.State.Cpu.Msrs);
                Assert.Equal(taken.State.Tables, loaded.State.Tables);
                var add = new Attack("add", Outcomes.Any, "Add", 1, 2) { Timeout = TimeSpan.FromMilliseconds(300) };
                using Sandbox one = HostileGuest.Create(taken);
                using Sandbox two = HostileGuest.Create(loaded);
                Assert.True(HostileGuest.Call(one, add) == HostileGuest.Call(two, add), name);
            }

        }
    }

    [Fact]
    public void Generations_EachFromTheLast_KeepEverythingAndHoldNoMore()
    {
        using var folder = new TemporaryFolder();
        var store = new SnapshotStore(folder.PathOf("store"));
        var layers = new HashSet<SnapshotLayer>();
        Snapshot last;
        using (var first = Sandbox.Create(Guests.Notes, static options =>
        {
            options.Engine = HostileGuest.Engine;
            options.ScratchSize = 1 << 20;
        }))
        {
            last = first.TakeSnapshot();
        }

        const int Generations = 200;
        for (int i = 0; i < Generations; i++)
        {
            using Sandbox next = Sandbox.Create(last, static options => options.Engine = HostileGuest.Engine);
            next.Call("Put", $"key {i % 50}", $"value {i}");
            Snapshot taken = next.TakeSnapshot();
            layers.UnionWith(taken.State.Layers);
            Assert.InRange(taken.State.Layers.Length, 1, SnapshotLimits.MostLayers(mappedFiles: 0));
            last.Dispose();
            last = taken;
            if (i % 60 == 59)
            {
                store.Save(last, "tag");
                last.Dispose();
                last = store.Load("tag");
            }
        }

        Assert.Equal(Generations + 1, last.Generation);
        using (Sandbox sandbox = Sandbox.Create(last, static options => options.Engine = HostileGuest.Engine))
        {
            Assert.Equal(50, sandbox.Call<int>("Count"));
            for (int i = Generations - 50; i < Generations; i++)
                Assert.Equal($"value {i}", sandbox.Call<string>("Get", $"key {i % 50}"));
        }

        layers.ExceptWith(last.State.Layers);
        Assert.All(layers, static layer => Assert.True(layer.Region.IsDisposed));
        last.Dispose();
    }
}
