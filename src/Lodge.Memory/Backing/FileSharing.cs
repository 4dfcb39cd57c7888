namespace Lodge.Memory;

/// <summary>What becomes of writes to a mapped file.</summary>
public enum FileSharing
{
    /// <summary>Writes go to the file, and everybody who maps it sees them.</summary>
    Shared,

    /// <summary>Writes stay in this mapping; the file does not change.</summary>
    CopyOnWrite,

    /// <summary>The mapping cannot be written, not even by its owner.</summary>
    ReadOnly,
}
