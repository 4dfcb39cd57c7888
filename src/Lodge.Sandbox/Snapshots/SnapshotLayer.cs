namespace Lodge.Sandbox;

/// <summary>Memory of a snapshot: read-only from the moment it is one, and shared by every snapshot and every sandbox that has
/// something of it. Freed when the last of them lets go.</summary>
internal sealed class SnapshotLayer
{
    private int _holders = 1;

    /// <summary>A layer of a region whose content will not change any more.</summary>
    public SnapshotLayer(SandboxRegionKind kind, MemoryRegion region, MemoryAccess access)
    {
        Kind = kind;
        Access = access;
        Region = region.WithPermissions(MemoryAccess.ReadExecute);
        Code = new TranslatedCode(Region);
    }

    /// <summary>What the memory is for.</summary>
    public SandboxRegionKind Kind { get; }

    /// <summary>What the guest may do with it at first.</summary>
    public MemoryAccess Access { get; }

    /// <summary>The memory, which nobody can write.</summary>
    public MemoryRegion Region { get; }

    /// <summary>What the software engine has translated of it, for all sandboxes.</summary>
    public TranslatedCode Code { get; }

    /// <summary>Holds on to the memory until <see cref="Release"/>.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            Region.Dispose();
    }
}
