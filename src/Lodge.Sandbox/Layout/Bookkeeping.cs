namespace Lodge.Sandbox;

/// <summary>The words at the end of scratch, as distances of 8-byte words down from the end, in bytes.</summary>
internal static class Bookkeeping
{
    /// <summary>The size of scratch in bytes.</summary>
    public const ulong ScratchSize = 0x08;

    /// <summary>The guest-physical address of the next page that the guest has not taken; it counts this up itself.</summary>
    public const ulong NextFree = 0x10;

    /// <summary>The guest-physical address of the page tables behind the image.</summary>
    public const ulong SnapshotTables = 0x18;

    /// <summary>The snapshot's number.</summary>
    public const ulong Generation = 0x20;

    /// <summary>A seed for the guest's random numbers with <see cref="ReseedRequested"/>, until the guest has taken it.</summary>
    public const ulong Reseed = 0x28;

    /// <summary>Says that there is a seed.</summary>
    public const ulong ReseedRequested = 1UL << 32;

    /// <summary>All of the words; the exception stack begins below them.</summary>
    public const ulong Bytes = 0x30;
}
