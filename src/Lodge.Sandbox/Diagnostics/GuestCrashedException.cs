namespace Lodge.Sandbox;

/// <summary>A guest did what no guest may, or stopped where it may not. The sandbox is poisoned.</summary>
public sealed class GuestCrashedException : GuestStoppedException
{
    internal GuestCrashedException(string message, GuestLocation location, Exception? innerException = null)
        : base(message, location, innerException)
    {
    }
}
