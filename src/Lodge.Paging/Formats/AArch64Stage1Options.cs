namespace Lodge.Paging;

/// <summary>What differs between AArch64 stage 1 tables: what TCR_EL1 and MAIR_EL1 say of one half of the addresses.</summary>
public sealed record AArch64Stage1Options
{
    /// <summary>What is taken where no MAIR is known: 0 Device-nGnRnE, 1 Device-nGnRE, 2 and 4 Normal Write-Back, 3 Normal
    /// Non-cacheable.</summary>
    public const ulong DefaultMair = 0x0000_00ff_44ff_0400;

    /// <summary>4 KiB, 48 bits, the lower half.</summary>
    public static AArch64Stage1Options Default { get; } = new();

    /// <summary>The size of tables and smallest pages (TG0, TG1).</summary>
    public AArch64Granule Granule { get; init; } = AArch64Granule.Size4K;

    /// <summary>How many bits of an address are translated, 64 − TxSZ: 16 to 48, or to 52 with <see cref="WideAddresses"/> (for
    /// 64 KiB always).</summary>
    public int InputBits { get; init; } = 48;

    /// <summary>How many bits physical addresses have (IPS): 32 to 48, or to 52 with <see cref="WideAddresses"/>. An entry that
    /// leads higher is malformed (the architecture calls that an address size fault).</summary>
    public int OutputBits { get; init; } = 48;

    /// <summary>Whether the format is the one for 52-bit addresses: FEAT_LPA2 with TCR.DS for 4 KiB and 16 KiB, FEAT_LPA for
    /// 64 KiB.</summary>
    public bool WideAddresses { get; init; }

    /// <summary>Whether these are the addresses that begin with ones (TTBR1), and not those that begin with zeros
    /// (TTBR0).</summary>
    public bool IsUpper { get; init; }

    /// <summary>Whether the highest 8 bits of addresses are ignored (TBI0, TBI1).</summary>
    public bool TopByteIgnored { get; init; }

    /// <summary>Whether entries of tables have no say in rights (HPD0, HPD1).</summary>
    public bool HierarchicalRightsDisabled { get; init; }

    /// <summary>Whether the processor sets the access flag (HA). Without, a page whose flag is clear cannot be used.</summary>
    public bool HardwareAccessFlag { get; init; }

    /// <summary>Whether the processor keeps the dirty state (HD): a page with bit 51 becomes writable by the first
    /// write.</summary>
    public bool HardwareDirty { get; init; }

    /// <summary>MAIR_EL1: what the eight indices of entries mean.</summary>
    public ulong Mair { get; init; } = DefaultMair;

    /// <summary>Where 52-bit addresses took the entry's own place for it (4 KiB and 16 KiB): SH0 or SH1.</summary>
    public Shareability Shareability { get; init; } = Shareability.Inner;
}
