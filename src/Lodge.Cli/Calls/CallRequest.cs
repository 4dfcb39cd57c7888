namespace Lodge.Cli;

/// <summary>What <c>lodge call</c> is to do.</summary>
internal sealed record CallRequest
{
    public required GuestSetup Setup { get; init; }

    public required string Function { get; init; }

    public GuestValue[] Arguments { get; init; } = [];

    /// <summary>How often the function is called.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>Whether each call finds the guest as the first found it.</summary>
    public bool RestoreBetween { get; init; }

    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;
}
