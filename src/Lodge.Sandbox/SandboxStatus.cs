namespace Lodge.Sandbox;

/// <summary>What can be done with a sandbox.</summary>
public enum SandboxStatus
{
    /// <summary>It takes calls.</summary>
    Ready,

    /// <summary>A call ended in a way after which nothing is known of the guest: it aborted or crashed, broke the rules by which
    /// it talks to its host, or was cancelled. <see cref="Sandbox.Restore"/> makes it ready again.</summary>
    Poisoned,

    /// <summary>The host failed in the middle of changing it. It can only be disposed of.</summary>
    Unrecoverable,
}
