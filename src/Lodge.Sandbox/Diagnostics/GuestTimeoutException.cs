namespace Lodge.Sandbox;

/// <summary>A guest took longer than it was given. The sandbox is poisoned.</summary>
public sealed class GuestTimeoutException : GuestStoppedException
{
    internal GuestTimeoutException(string message, TimeSpan overrun, GuestLocation location)
        : base(message, location)
        => Overrun = overrun;

    /// <summary>How long a function of the host ran on after it was told to stop; zero where the guest was running.</summary>
    public TimeSpan Overrun { get; }
}
