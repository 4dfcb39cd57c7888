namespace Lodge.Sandbox;

/// <summary>Why a pool has done away with a sandbox.</summary>
internal enum ReplacementReason
{
    /// <summary>Who had rented it disposed of it.</summary>
    Disposed,

    /// <summary>It was <see cref="SandboxStatus.Unrecoverable"/>.</summary>
    Unrecoverable,

    /// <summary>It could not be restored.</summary>
    RestoreFailed,
}
