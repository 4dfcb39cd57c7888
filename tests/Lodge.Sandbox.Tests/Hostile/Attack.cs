namespace Lodge.Sandbox.Tests;

/// <summary>A call of a hostile guest, and what may come of it.</summary>
/// <param name="Name">The test's name.</param>
/// <param name="Expected">What may come of the call.</param>
/// <param name="Function">The function of the hostile guest.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record Attack(string Name, Outcomes Expected, string Function, params GuestValue[] Arguments)
{
    /// <summary>How long the call may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After how long somebody else cancels it.</summary>
    public TimeSpan? CancelAfter { get; init; }

    /// <summary>Sizes and limits that the attack needs.</summary>
    public Action<SandboxOptions>? Configure { get; init; }

    /// <summary>How many bytes the host may allocate in all, for the call, a snapshot after it and the way back.</summary>
    public long MostBytes { get; init; } = 64 << 20;

    /// <summary>Whether a snapshot after the attack has to work where there is one. Where a guest has changed its processor, the
    /// snapshot keeps that, and only the host has to be unharmed.</summary>
    public bool SnapshotWorks { get; init; }

    public override string ToString() => Name;
}
