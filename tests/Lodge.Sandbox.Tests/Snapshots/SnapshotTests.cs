using System.Text;
using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class SnapshotTests
{
    private static Sandbox Notes(Action<SandboxOptions>? configure = null)
        => Sandbox.Create(Guests.Notes, options =>
        {
            options.Engine = Machines.Machines.Software;
            configure?.Invoke(options);
        });

    private static Sandbox Clone(Snapshot snapshot)
        => Sandbox.Create(snapshot, options => options.Engine = Machines.Machines.Software);

    [Fact]
    public void Restore_TakesBackWhatTheGuestHasDone()
    {
        using Sandbox sandbox = Notes();
        sandbox.Call("Put", "a", "one");
        using Snapshot one = sandbox.TakeSnapshot();
        for (int i = 0; i < 50; i++)
        {
            sandbox.Call("Put", "a", $"other {i}");
            sandbox.Call("Put", $"b{i}", "two");
            Assert.Equal(2, sandbox.Call<int>("Count"));
            sandbox.Restore(one);
            Assert.Equal((1, "one"), (sandbox.Call<int>("Count"), sandbox.Call<string>("Get", "a")));
        }
    }

    [Fact]
    public void Create_FromASnapshot_GoesOnFromThereAndAlone()
    {
        using Sandbox first = Notes();
        first.Call("Put", "a", "one");
        using Snapshot snapshot = first.TakeSnapshot();
        Sandbox[] clones = [.. Enumerable.Range(0, 10).Select(_ => Clone(snapshot))];
        for (int i = 0; i < clones.Length; i++)
            clones[i].Call("Put", "mine", $"{i}");

        for (int i = 0; i < clones.Length; i++)
        {
            Assert.Equal((2, "one", $"{i}"), (
                clones[i].Call<int>("Count"), clones[i].Call<string>("Get", "a"), clones[i].Call<string>("Get", "mine")));
            clones[i].Dispose();
        }

        Assert.Equal(1, first.Call<int>("Count"));
    }

    [Fact]
    public void Snapshots_OfSnapshots_GrowIntoOneLayerAndKeepEverything()
    {
        using Sandbox sandbox = Notes(options => options.ScratchSize = 1 << 20);
        var taken = new List<Snapshot>();
        for (int i = 0; i < 40; i++)
        {
            sandbox.Call("Put", $"key {i}", $"value {i}");
            taken.Add(sandbox.TakeSnapshot());
            sandbox.Restore(taken[^1]);
            Assert.InRange(
                taken[^1].State.Layers.Count(static layer => layer.Kind == SandboxRegionKind.Snapshot),
                1,
                SnapshotLimits.MostWrittenLayers);
            Assert.Equal(i + 1, taken[^1].Generation);
        }

        // In any order, on the same machine.
        foreach (int i in new[] { 39, 0, 20, 15, 16, 17, 1, 38 })
        {
            sandbox.Restore(taken[i]);
            Assert.Equal(i + 1, sandbox.Call<int>("Count"));
            Assert.Equal($"value {i}", sandbox.Call<string>("Get", $"key {i}"));
        }

        foreach (Snapshot snapshot in taken)
            snapshot.Dispose();

        Assert.Equal(39, sandbox.Call<int>("Count"));
    }

    [Fact]
    public void Snapshot_SharesWhatDidNotChange()
    {
        using Sandbox sandbox = Notes(options => options.HeapSize = 64 << 20);
        using Snapshot first = sandbox.TakeSnapshot();
        sandbox.Restore(first);
        sandbox.Call("Put", "a", "one");
        using Snapshot second = sandbox.TakeSnapshot();
        Assert.Equal(first.State.Layers, second.State.Layers[..^1]);
        Assert.InRange(second.State.Layers[^1].Region.Size, 1ul, 64ul << 10);
    }

    [Fact]
    public void Snapshot_OutlivesItsSandbox_AndSandboxesOutliveIt()
    {
        Snapshot snapshot;
        using (Sandbox sandbox = Notes())
        {
            sandbox.Call("Put", "a", "one");
            snapshot = sandbox.TakeSnapshot();
        }

        using Sandbox clone = Clone(snapshot);
        snapshot.Dispose();
        snapshot.Dispose();
        Assert.Equal("one", clone.Call<string>("Get", "a"));
        Assert.Throws<ObjectDisposedException>(() => Clone(snapshot));
        Assert.Throws<ObjectDisposedException>(() => clone.Restore(snapshot));
    }

    [Fact]
    public void Restore_LeavesNothingOfWhatWasBefore()
    {
        byte[] secret = Encoding.UTF8.GetBytes("the secret of the last request");
        using Sandbox sandbox = Notes();
        using Snapshot clean = sandbox.TakeSnapshot();
        sandbox.Restore(clean);
        byte[] before = ScratchOf(sandbox);
        sandbox.Call("Put", "key", Encoding.UTF8.GetString(secret));
        Assert.True(ScratchOf(sandbox).AsSpan().IndexOf(secret) >= 0, "The secret was not where it could be found.");
        sandbox.Restore(clean);
        byte[] after = ScratchOf(sandbox);

        // All is as it was but for the seed of random numbers.
        after.AsSpan(after.Length - 0x28, 8).CopyTo(before.AsSpan(before.Length - 0x28));
        Assert.Equal(before, after);
    }

    [Fact]
    public void Restore_WhatDoesNotFit_IsRefusedAndChangesNothing()
    {
        using Sandbox small = Notes();
        using Sandbox large = Notes(options => options.HeapSize = 1 << 20);
        using Snapshot other = large.TakeSnapshot();
        small.Call("Put", "a", "one");
        Assert.Throws<ArgumentException>(() => small.Restore(other));
        Assert.Equal(1, small.Call<int>("Count"));
    }

    [Fact]
    public void Create_FromASnapshot_TakesNoSizes()
    {
        using Sandbox sandbox = Notes();
        using Snapshot snapshot = sandbox.TakeSnapshot();
        foreach (Action<SandboxOptions> set in new Action<SandboxOptions>[]
        {
            options => options.HeapSize = 1 << 20, options => options.ScratchSize = 1 << 20,
            options => options.InputBufferSize = 1 << 20, options => options.OutputBufferSize = 1 << 20,
            options => options.InitData = new byte[1],
        })
        {
            Assert.Throws<ArgumentException>(() => Sandbox.Create(snapshot, set));
        }
    }

    [Fact]
    public void Snapshot_WithTheWholeHeapWritten_HoldsIt()
    {
        using Sandbox sandbox = Notes(options =>
        {
            options.HeapSize = 256 << 10;
            options.ScratchSize = 2 << 20;
        });
        int count = 0;
        while (true)
        {
            try
            {
                sandbox.Call("Put", $"key {count}", new string((char)('a' + (count % 26)), 2000));
                count++;
            }
            catch (GuestErrorException)
            {
                break;
            }
        }

        Assert.InRange(count, 50, 1000);
        using Snapshot full = sandbox.TakeSnapshot();
        using Sandbox clone = Clone(full);
        for (int i = 0; i < count; i++)
            Assert.Equal(new string((char)('a' + (i % 26)), 2000), clone.Call<string>("Get", $"key {i}"));
    }

    private static byte[] ScratchOf(Sandbox sandbox)
    {
        GuestRange scratch = sandbox.Layout.Scratch;
        var bytes = new byte[scratch.Length];
        sandbox.PhysicalMemory.ReadExactly(scratch.Start, bytes);
        return bytes;
    }
}
