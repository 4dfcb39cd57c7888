namespace Lodge.Sandbox;

/// <summary>What came of closing a sandbox that goes back to its pool.</summary>
internal enum SandboxClosing
{
    /// <summary>It is closed, and its machine is the pool's.</summary>
    Done,

    /// <summary>A call runs: when that has ended it is closed, and the pool is told.</summary>
    WhenTheCallEnds,

    /// <summary>Somebody has disposed of it, and of its machine.</summary>
    WasDisposedOf,
}
