namespace Lodge.Sandbox;

/// <summary>What a guest may ask of its host. A guest that asks for more is stopped, and its sandbox poisoned.</summary>
public sealed record SandboxLimits
{
    /// <summary>The usual limits.</summary>
    public static SandboxLimits Default { get; } = new();

    /// <summary>How many bytes of memory a guest's binary may take: 256 MiB where nothing is said, and never more than an array
    /// has, a little less than 2 GiB.</summary>
    public long ImageBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Array.MaxLength);
            field = AtLeast(value, (long)SandboxLayout.PageBytes, nameof(ImageBytes));
        }
    } = 256L << 20;

    /// <summary>How many records a guest may log in one call.</summary>
    public long LogRecordsPerCall
    {
        get;
        init => field = AtLeast(value, 0, nameof(LogRecordsPerCall));
    } = 10_000;

    /// <summary>How many bytes the messages may have in which a guest logs, in one call. What one takes on the host may be a
    /// few times as much.</summary>
    public long LoggedBytesPerCall
    {
        get;
        init => field = AtLeast(value, 0, nameof(LoggedBytesPerCall));
    } = 4 << 20;

    /// <summary>How many bytes a guest may print in one call.</summary>
    public long PrintedBytesPerCall
    {
        get;
        init => field = AtLeast(value, 0, nameof(PrintedBytesPerCall));
    } = 1 << 20;

    private static long AtLeast(long value, long least, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        return value;
    }
}
