namespace Lodge.Paging;

/// <summary>What differs between RISC-V page tables.</summary>
public sealed record RiscVOptions
{
    /// <summary>Sv39, without extensions.</summary>
    public static RiscVOptions Default { get; } = new();

    /// <summary>Which scheme.</summary>
    public RiscVMode Mode { get; init; } = RiscVMode.Sv39;

    /// <summary>Whether this is the guest's second stage (Sv39x4 and so on): two more address bits, a root of 16 KiB, and all
    /// accesses count as the user's.</summary>
    public bool GuestStage { get; init; }

    /// <summary>How many bits physical addresses have, 34 to 56. Higher address bits in an entry make it malformed.</summary>
    public int PhysicalAddressBits { get; init; } = 56;

    /// <summary>Whether bits 62:61 choose a memory type (Svpbmt, menvcfg.PBMTE). Without, they have to be 0.</summary>
    public bool MemoryTypes { get; init; }

    /// <summary>Whether the processor sets the accessed and dirty bits (Svadu, menvcfg.ADUE). Without, a page whose bits are
    /// clear cannot be used, or written (Svade).</summary>
    public bool HardwareAccessedDirty { get; init; }
}
