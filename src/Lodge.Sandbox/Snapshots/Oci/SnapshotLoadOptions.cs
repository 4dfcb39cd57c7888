namespace Lodge.Sandbox;

/// <summary>How a stored snapshot is loaded.</summary>
public sealed record SnapshotLoadOptions
{
    /// <summary>To copy everything, and to check each digest over the copy.</summary>
    public static SnapshotLoadOptions Default { get; } = new();

    /// <summary>Whether memory is mapped from the files as they lie, without a copy and without a look at its digest: nobody
    /// changes them while a snapshot or a sandbox has something of them. <b>If somebody cuts one short, the process ends.</b>
    /// Everything else is checked.</summary>
    public bool IsTrusted { get; init; }

    /// <summary>How many bytes a snapshot may take, its heap and its scratch memory with them: 4 GiB where nothing is
    /// said.</summary>
    public long MostBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 4L << 30;
}
