namespace Lodge.Machines;

/// <summary>How a region is given to a guest.</summary>
public sealed record MemorySlotOptions
{
    /// <summary>Without logging.</summary>
    public static MemorySlotOptions Default { get; } = new();

    /// <summary>Whether the guest's writes are logged from the beginning.</summary>
    public bool LogDirty { get; init; }

    /// <summary>Where the software engine keeps the code that it translates from the region, to share it with other machines;
    /// nothing for a place of the slot's own. Other engines need none.</summary>
    public TranslatedCode? Code { get; init; }
}
