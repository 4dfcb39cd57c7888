namespace Lodge.Memory;

/// <summary>How many reports an <see cref="IAccessAudit"/> gets. A guest can be denied ten million times a second.</summary>
public sealed record AuditLimits
{
    /// <summary>Ten reports at once, ten a second.</summary>
    public static AuditLimits Default { get; } = new();

    /// <summary>How many reports may come at once after a time of rest. At least 1.</summary>
    public int Burst
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 10;

    /// <summary>How many reports may come a second in the long run. At least 1.</summary>
    public int PerSecond
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 10;
}
