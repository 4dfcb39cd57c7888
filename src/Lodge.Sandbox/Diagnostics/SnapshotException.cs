namespace Lodge.Sandbox;

/// <summary>A snapshot cannot be taken.</summary>
public sealed class SnapshotException : SandboxException
{
    internal SnapshotException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
