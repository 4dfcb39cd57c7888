namespace Lodge.Dumps;

/// <summary>Why a machine stopped.</summary>
public sealed record DeathCause
{
    /// <summary>The signal of Linux on x86-64 that a process would have been ended by, and as which debuggers show it: 6 is
    /// SIGABRT, 11 SIGSEGV. 0 for none.</summary>
    public int Signal { get; init; }

    /// <summary>The address that could not be accessed, where it was that.</summary>
    public GuestAddress? FaultAddress { get; init; }

    /// <summary>A sentence. It may hold text of the guest's.</summary>
    public string Text { get; init; } = "";
}
