namespace Lodge.Paging;

/// <summary>What differs between AArch64 stage 2 tables: what VTCR_EL2 says.</summary>
public sealed record AArch64Stage2Options
{
    /// <summary>4 KiB, 40 bits that start at level 3 with two tables side by side: what KVM uses by default.</summary>
    public static AArch64Stage2Options Default { get; } = new();

    /// <summary>The size of tables and smallest pages (TG0).</summary>
    public AArch64Granule Granule { get; init; } = AArch64Granule.Size4K;

    /// <summary>How many bits intermediate-physical addresses have, 64 − T0SZ: 16 to 48, or to 52 with
    /// <see cref="WideAddresses"/>.</summary>
    public int InputBits { get; init; } = 40;

    /// <summary>How many levels there are (SL0), or 0 for the fewest: with up to 16 tables side by side as the root.</summary>
    public int Levels { get; init; }

    /// <summary>How many bits physical addresses have (PS): 32 to 48, or to 52 with <see cref="WideAddresses"/>.</summary>
    public int OutputBits { get; init; } = 48;

    /// <summary>Whether the format is the one for 52-bit addresses (DS for 4 KiB and 16 KiB).</summary>
    public bool WideAddresses { get; init; }

    /// <summary>Whether bit 53 tells the fetches of EL1 and EL0 apart (FEAT_XNX).</summary>
    public bool ExecuteNeverExtension { get; init; }

    /// <summary>Whether the processor sets the access flag (HA).</summary>
    public bool HardwareAccessFlag { get; init; }

    /// <summary>Whether the processor keeps the dirty state (HD).</summary>
    public bool HardwareDirty { get; init; }

    /// <summary>Where 52-bit addresses took the entry's own place for it (4 KiB and 16 KiB): SH0.</summary>
    public Shareability Shareability { get; init; } = Shareability.Inner;
}
