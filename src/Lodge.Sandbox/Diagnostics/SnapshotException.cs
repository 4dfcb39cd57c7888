namespace Lodge.Sandbox;

/// <summary>A snapshot cannot be taken, or a stored one cannot be loaded.</summary>
public sealed class SnapshotException : SandboxException
{
    internal SnapshotException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
