namespace Lodge.Machines.Tests;

/// <summary>What a <see cref="HostileGuest"/> has beside the memory of every <see cref="BareGuest"/>. Pages have 4 KiB, and
/// virtual addresses are physical ones where nothing else is said. Where nothing is named, nothing is mapped.</summary>
internal static class HostileLayout
{
    public const ulong RamBytes = 8 << 20;

    /// <summary>RAM that attacks may use as they like, up to the end of RAM.</summary>
    public const ulong Scratch = 0x60_0000;

    /// <summary>Right behind RAM: mapped by the tables, and no memory.</summary>
    public const ulong Hole = RamBytes;

    public const ulong HoleBytes = 0x4000;

    /// <summary>Mapped by the tables, far from all memory.</summary>
    public const ulong FarHole = 0x4000_0000;

    /// <summary>Mapped by the tables with all rights; the region is read-only.</summary>
    public const ulong Rom = 0x5000_0000;

    public const ulong RomBytes = 0x4000;

    /// <summary>Virtual only: the pages of <see cref="Aliased"/> without the right to execute, and read-only.</summary>
    public const ulong NoExecuteAlias = 0x6000_0000;

    public const ulong ReadOnlyAlias = 0x6001_0000;

    /// <summary>Virtual only: the pages of the program again, with all rights.</summary>
    public const ulong ImageAlias = 0x6002_0000;

    /// <summary>The pages of RAM that the aliases lead to.</summary>
    public const ulong Aliased = 0x70_0000;

    public const ulong AliasBytes = 0x2000;

    /// <summary>A region that must not be executed, mapped by the tables with all rights.</summary>
    public const ulong DataOnly = 0x7000_0000;

    public const ulong DataOnlyBytes = 0x4000;

    /// <summary>Nothing is mapped here.</summary>
    public const ulong Void = 0x1234_5000_0000;

    public const ulong NonCanonical = 0x8000_0000_0000_0000;
}
