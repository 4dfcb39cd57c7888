namespace Lodge.Machines;

/// <summary>How a region is given to a guest.</summary>
public sealed record MemorySlotOptions
{
    /// <summary>Without logging.</summary>
    public static MemorySlotOptions Default { get; } = new();

    /// <summary>Whether the guest's writes are logged from the beginning.</summary>
    public bool LogDirty { get; init; }
}
