namespace Lodge.Machines.Tests;

/// <summary>How a <see cref="BareGuest"/> is set up.</summary>
internal sealed record BareGuestOptions
{
    public static BareGuestOptions Default { get; } = new();

    /// <summary>The ring that the program begins in: 0 or 3.</summary>
    public int Ring { get; init; }

    /// <summary>Whether ring 3 may use the memory. A program that begins there always may.</summary>
    public bool IsUserMemory { get; init; }

    /// <summary>The bytes of RAM, from address 0.</summary>
    public ulong RamBytes { get; init; } = 16 << 20;

    /// <summary>The RAM where it is the caller's; it begins at address 0. The guest does not dispose of it.</summary>
    public MemoryRegion? Ram { get; init; }

    /// <summary>The largest pages of the tables: level 1 has 4 KiB, level 2 has 2 MiB.</summary>
    public int LargestPageLevel { get; init; } = 2;

    /// <summary>Whether the gates of all exceptions name the first stack of the task state.</summary>
    public bool UsesInterruptStack { get; init; }
}
