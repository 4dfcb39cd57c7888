namespace Lodge.Sandbox;

/// <summary>A call into a sandbox did not give a result.</summary>
public abstract class SandboxException : Exception
{
    private protected SandboxException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
