namespace Lodge.Elf;

/// <summary>What may be done with a segment's memory: <c>p_flags</c>. Other bits may be set as well.</summary>
[Flags]
public enum ElfSegmentFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It may be executed.</summary>
    Execute = 1,

    /// <summary>It may be written.</summary>
    Write = 2,

    /// <summary>It may be read.</summary>
    Read = 4,
}
