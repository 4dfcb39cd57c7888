using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>A pool, and what it is made from: the guest that keeps notes where nothing is said, a clean one of which has
/// none.</summary>
internal sealed class PoolUnderTest : IDisposable
{
    public PoolUnderTest(
        int capacity, Func<SandboxPoolOptions, SandboxPoolOptions>? configure = null, string? guest = null)
    {
        using Sandbox first = Sandbox.Create(
            guest ?? Guests.Notes, static options => options.Engine = Machines.Machines.Software);
        using Snapshot snapshot = first.TakeSnapshot();
        Layers = [.. snapshot.State.Layers];
        var options = new SandboxPoolOptions { Capacity = capacity, Configure = made => made.Engine = Engine };
        Pool = new SandboxPool(snapshot, configure?.Invoke(options) ?? options);
    }

    public CountingEngine Engine { get; } = new();

    public SandboxPool Pool { get; }

    /// <summary>The snapshot's memory.</summary>
    public IReadOnlyList<SnapshotLayer> Layers { get; }

    public PooledSandbox Rent()
    {
        Assert.True(Pool.TryRent(out PooledSandbox? rented), "There is no sandbox to be had.");
        return rented;
    }

    public Task<PooledSandbox> RentAsync() => Pool.RentAsync(TestContext.Current.CancellationToken).AsTask();

    /// <summary>Whether the snapshot's memory was freed.</summary>
    public bool IsMemoryFreed
        => Layers.All(static layer => Record.Exception(() => { layer.Region.GetHostSlice(); }) is ObjectDisposedException);

    public void Dispose() => Pool.Dispose();
}
