namespace Lodge.Paging;

/// <summary>What differs between extended page tables. Processors say what they have in IA32_VMX_EPT_VPID_CAP.</summary>
public sealed record EptOptions
{
    /// <summary>4 levels, execute-only and 1 GiB pages, no accessed and dirty bits.</summary>
    public static EptOptions Default { get; } = new();

    /// <summary>Whether there are 5 levels (EPTP bits 5:3 are 4), and guest-physical addresses of 57 bits instead of
    /// 48.</summary>
    public bool FiveLevels { get; init; }

    /// <summary>MAXPHYADDR, 32 to 52: entries with higher address bits are misconfigured.</summary>
    public int PhysicalAddressBits { get; init; } = 52;

    /// <summary>Whether pages may be executable without being readable.</summary>
    public bool ExecuteOnly { get; init; } = true;

    /// <summary>Whether there are pages of 1 GiB.</summary>
    public bool GigabytePages { get; init; } = true;

    /// <summary>Whether the processor sets bits 8 and 9, accessed and dirty (EPTP bit 6).</summary>
    public bool AccessedDirty { get; init; }

    /// <summary>Whether bit 2 is for the supervisor's fetches alone, and bit 10 for the user's (mode-based execute
    /// control).</summary>
    public bool ModeBasedExecute { get; init; }
}
