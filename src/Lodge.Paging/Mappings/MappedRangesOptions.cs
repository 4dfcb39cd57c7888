namespace Lodge.Paging;

/// <summary>Limits of an enumeration of mappings.</summary>
public sealed record MappedRangesOptions
{
    /// <summary>From the first address on, 65,536 tables.</summary>
    public static MappedRangesOptions Default { get; } = new();

    /// <summary>How many tables are visited at most: 65,536 by default, which map 128 GiB in pages of 4 KiB. A table counts each
    /// time that an entry leads to it: a guest can have tables lead to themselves. An enumeration that is continued visits the
    /// tables on the way to its start again, up to 5.</summary>
    public int MostTables { get; init; } = 65_536;

    /// <summary>Which of the system's own bits count (<see cref="PageAttributes.SoftwareBits"/>): pages that differ in them are in
    /// ranges of their own. None by default.</summary>
    public ushort SoftwareBits { get; init; }

    /// <summary>Where to begin. What was cut short is continued from <see cref="MappedRanges.CutAt"/>.</summary>
    public GuestAddress Start { get; init; }
}
