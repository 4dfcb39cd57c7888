namespace Lodge.Paging;

/// <summary>Why a walk ended without a page.</summary>
public enum PageWalkFailureKind : byte
{
    /// <summary>It did not.</summary>
    None = 0,

    /// <summary>The address is none that is translated: not canonical, above the guest's physical addresses, in a half that is
    /// turned off, closed to the user, or has its root above the output size.</summary>
    NonCanonical,

    /// <summary>An entry is not present.</summary>
    NotPresent,

    /// <summary>An entry has reserved bits set, or a combination of bits that does not exist.</summary>
    Malformed,

    /// <summary>A table lies where the space has no memory that can be read.</summary>
    TableOutsideMemory,

    /// <summary>The page does not allow the access.</summary>
    Permission,

    /// <summary>The page's accessed bit is clear, and software has to set it (<see cref="AccessedDirty.Require"/>).</summary>
    NotAccessed,

    /// <summary>The page is to be written, its dirty bit is clear, and software has to set it
    /// (<see cref="AccessedDirty.Require"/>).</summary>
    NotDirty,

    /// <summary>An accessed or dirty bit could not be set: the entry lies in memory that cannot be written.</summary>
    TableNotWritable,

    /// <summary>An entry changed again and again while its accessed or dirty bit was to be set. The access can be tried
    /// again.</summary>
    Contended,
}
