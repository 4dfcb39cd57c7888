using Microsoft.Extensions.Logging;

namespace Lodge.Sandbox;

/// <summary>How a <see cref="SandboxPool"/> is made.</summary>
public sealed record SandboxPoolOptions
{
    /// <summary>The most sandboxes that there are at a time: two for each processor where nothing is said.</summary>
    public int Capacity
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Capacity));
            field = value;
        }
    } = 2 * Environment.ProcessorCount;

    /// <summary>How many sandboxes the pool makes at once; none where nothing is said. The others are made when somebody rents
    /// one and none is idle.</summary>
    public int Prewarm
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Prewarm));
            field = value;
        }
    }

    /// <summary>Sets what is to be other than usual, as for <see cref="Sandbox.Create(Snapshot, Action{SandboxOptions})"/>. It
    /// is called for each sandbox, by whoever rents it, so by several threads at the same time. What functions of the host
    /// remember is not taken back when a sandbox is restored.</summary>
    public Action<SandboxOptions>? Configure { get; init; }

    /// <summary>What the pool is called in measurements; <c>pool-1</c> and so on where nothing is said. Pools of the same name
    /// cannot be told apart there.</summary>
    public string? Name { get; init; }

    /// <summary>Where it is said that a sandbox was replaced, and why; nowhere where nothing is said.</summary>
    public ILogger? Logger { get; init; }
}
