namespace Lodge.Paging;

/// <summary>Why a change to a page table was not made.</summary>
public enum PageEditFailureKind : byte
{
    /// <summary>It was.</summary>
    None = 0,

    /// <summary>Something is mapped there already.</summary>
    AlreadyMapped,

    /// <summary>There is no memory left for a table or a page.</summary>
    OutOfFrames,

    /// <summary>A table lies where the space has no memory that can be written, or an entry is malformed: somebody else changed
    /// the tables.</summary>
    BadTable,
}
