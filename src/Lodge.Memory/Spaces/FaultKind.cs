namespace Lodge.Memory;

/// <summary>Why an access failed, which tells the caller what to do next.</summary>
public enum FaultKind : byte
{
    /// <summary>The access did not fail.</summary>
    None = 0,

    /// <summary>Nothing is mapped at the address. Inject a translation fault (an external abort on a bus).</summary>
    Unmapped,

    /// <summary>Something is mapped, but it does not allow this access. Inject a permission fault.</summary>
    Permission,

    /// <summary>The access has to be aligned to its size and is not. Inject an alignment fault.</summary>
    Unaligned,

    /// <summary>A table on the way to the address has no valid entry. Inject a page fault;
    /// <see cref="AccessFault.Level"/> is the level of that table.</summary>
    NotPresent,

    /// <summary>The address is a device's, not memory's. Ask the <see cref="MmioBus"/>.</summary>
    Device,

    /// <summary>Address and length pass the end of the address space, 2^64. Inject a translation fault.</summary>
    Overflow,

    /// <summary>The access begins in one thing and ends in another, and has to lie in one. Inject an external abort.</summary>
    Straddles,

    /// <summary>The right to use the memory was taken back (<see cref="SpaceView.Revoke"/>). Stop the component that
    /// tried.</summary>
    Revoked,

    /// <summary>The tables on the way to the address are broken: an entry has reserved bits set, or a table lies outside of
    /// memory. Inject a page fault for reserved bits, or an abort on the table walk; <see cref="AccessFault.Level"/> is the level
    /// of the entry.</summary>
    BadTranslation,
}
