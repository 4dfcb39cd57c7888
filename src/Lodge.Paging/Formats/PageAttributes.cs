namespace Lodge.Paging;

/// <summary>Everything that an entry says of a page but its address.</summary>
/// <remarks>The defaults are those of formats that cannot say otherwise: a format without accessed bits has only accessed
/// pages.</remarks>
public readonly record struct PageAttributes
{
    // Kept inverted, so that the default value has them set.
    private readonly bool _isNotAccessed;
    private readonly bool _isClean;

    /// <summary>A page of ordinary memory with some rights.</summary>
    public PageAttributes(PageRights rights, MemoryType memoryType = MemoryType.WriteBack)
    {
        Rights = rights;
        MemoryType = memoryType;
    }

    /// <summary>What the entry allows by itself; the tables above it may allow less.</summary>
    public PageRights Rights { get; init; }

    /// <summary>How the memory may be cached.</summary>
    public MemoryType MemoryType { get; init; }

    /// <summary>Who sees it coherently. AArch64 only.</summary>
    public Shareability Shareability { get; init; }

    /// <summary>Whether the translation is the same in all address spaces, and stays when one is switched.</summary>
    public bool IsGlobal { get; init; }

    /// <summary>Whether the page was used since somebody cleared this. Clear it, and the first use has to set it.</summary>
    public bool IsAccessed
    {
        get => !_isNotAccessed;
        init => _isNotAccessed = !value;
    }

    /// <summary>Whether the page was written since somebody cleared this. AArch64 knows it of writable pages only.</summary>
    public bool IsDirty
    {
        get => !_isClean;
        init => _isClean = !value;
    }

    /// <summary>Whether the guest's own memory type does not count (EPT only).</summary>
    public bool IgnoresGuestType { get; init; }

    /// <summary>The bits that processors ignore and systems use as they like, from the lowest on: x86-64 has 10 (bits 9 to 11 and 52
    /// to 58 of an entry), EPT 5 (52 to 56), AArch64 4 (55 to 58), RISC-V 2 (8 and 9).</summary>
    public ushort SoftwareBits { get; init; }
}
