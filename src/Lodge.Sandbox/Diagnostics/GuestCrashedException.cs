namespace Lodge.Sandbox;

/// <summary>A guest did what no guest may, or stopped where it may not. The sandbox is poisoned.</summary>
public sealed class GuestCrashedException : SandboxException
{
    internal GuestCrashedException(string message, GuestAddress address, Exception? innerException = null)
        : base(message, innerException)
        => Address = address;

    /// <summary>Where the guest was: the guest-virtual address of an instruction.</summary>
    public GuestAddress Address { get; }
}
