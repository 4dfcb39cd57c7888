namespace Lodge.Memory;

/// <summary>The sizes of access that a device takes. The value of each is its number of bytes.</summary>
[Flags]
public enum MmioAccessSizes
{
    /// <summary>No access at all.</summary>
    None = 0,

    /// <summary>1 byte.</summary>
    Byte = 1,

    /// <summary>2 bytes.</summary>
    Word = 2,

    /// <summary>4 bytes.</summary>
    DoubleWord = 4,

    /// <summary>8 bytes.</summary>
    QuadWord = 8,

    /// <summary>1, 2, 4 or 8 bytes.</summary>
    Any = Byte | Word | DoubleWord | QuadWord,
}
