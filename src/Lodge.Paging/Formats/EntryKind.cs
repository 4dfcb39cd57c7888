namespace Lodge.Paging;

/// <summary>What an entry of a page table is.</summary>
public enum EntryKind : byte
{
    /// <summary>Nothing is there.</summary>
    NotPresent = 0,

    /// <summary>It leads to a table of the next level.</summary>
    Table,

    /// <summary>It maps a page: a large one where it is not of level 1.</summary>
    Page,

    /// <summary>It has bits set that have to be clear, or a combination of bits that the architecture reserves.</summary>
    Malformed,
}
