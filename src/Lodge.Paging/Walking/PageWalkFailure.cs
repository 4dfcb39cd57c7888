namespace Lodge.Paging;

/// <summary>Why a walk ended without a page, and where.</summary>
public readonly record struct PageWalkFailure
{
    private readonly uint _details;

    internal PageWalkFailure(
        PageWalkFailureKind kind,
        GuestAddress address,
        PageWalkStep last,
        MemoryAccess access,
        PageRights allowed)
    {
        Address = address;
        EntryAddress = last.EntryAddress;
        Entry = last.Entry;
        _details = (uint)kind | ((uint)last.Level << 8) | ((uint)access << 16) | ((uint)allowed.Bits << 24);
    }

    /// <summary>Why.</summary>
    public PageWalkFailureKind Kind => (PageWalkFailureKind)(byte)_details;

    /// <summary>The address that was to be translated.</summary>
    public GuestAddress Address { get; }

    /// <summary>The level of the entry, 1 having the smallest pages; 0 where no table was looked at.</summary>
    public int Level => (byte)(_details >> 8);

    /// <summary>Where the entry lies, in the space of the tables.</summary>
    public GuestAddress EntryAddress { get; }

    /// <summary>The entry; 0 where it could not be read.</summary>
    public ulong Entry { get; }

    /// <summary>What was to be done with the page.</summary>
    public MemoryAccess Access => (MemoryAccess)(byte)(_details >> 16);

    /// <summary>For <see cref="PageWalkFailureKind.Permission"/>: what is allowed there, on all levels and under the regime's
    /// rules.</summary>
    public PageRights Allowed => new(_details >> 24);

    /// <summary>A sentence with the facts.</summary>
    public override string ToString()
    {
        string entry = $"the level-{Level} entry 0x{Entry:x} at {EntryAddress}";
        return Kind switch
        {
            PageWalkFailureKind.None => "No failure.",
            PageWalkFailureKind.NonCanonical => $"{Address} is no address that is translated.",
            PageWalkFailureKind.NotPresent => $"{Address}: {entry} is not present.",
            PageWalkFailureKind.Malformed => $"{Address}: {entry} has bits that are reserved.",
            PageWalkFailureKind.TableOutsideMemory => $"{Address}: the level-{Level} entry at {EntryAddress} is not in memory.",
            PageWalkFailureKind.Permission
                => $"{Address}: {Access} is not allowed, but {Allowed} (supervisor/user); {entry} is the last.",
            PageWalkFailureKind.NotAccessed => $"{Address}: {entry} has its accessed bit clear.",
            PageWalkFailureKind.NotDirty => $"{Address}: {entry} has its dirty bit clear.",
            PageWalkFailureKind.TableNotWritable => $"{Address}: {entry} cannot be updated, the memory there is not writable.",
            PageWalkFailureKind.Contended => $"{Address}: {entry} changes whenever it is to be updated.",
            _ => $"{Address}: {Kind}.",
        };
    }

    /// <summary>The same as an access fault of the space that the tables define.</summary>
    internal AccessFault ToFault(ulong length, Privilege privilege) => Kind switch
    {
        PageWalkFailureKind.NonCanonical => new AccessFault(FaultKind.Unmapped, Address, length, Access),
        PageWalkFailureKind.Permission => new AccessFault(FaultKind.Permission, Address, length, Access, Allowed.For(privilege)),
        PageWalkFailureKind.Malformed or PageWalkFailureKind.TableOutsideMemory or PageWalkFailureKind.TableNotWritable
            => new AccessFault(FaultKind.BadTranslation, Address, length, Access, level: (byte)Level),
        _ => new AccessFault(FaultKind.NotPresent, Address, length, Access, level: (byte)Level),
    };
}
