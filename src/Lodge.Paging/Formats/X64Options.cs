namespace Lodge.Paging;

/// <summary>What differs between x86-64 page tables.</summary>
public sealed record X64Options
{
    /// <summary>The PAT that processors start with: WB, WT, UC−, UC, and the same again.</summary>
    public const ulong DefaultPat = 0x0007_0406_0007_0406;

    /// <summary>4 levels, and everything that today's processors have.</summary>
    public static X64Options Default { get; } = new();

    /// <summary>Whether there are 5 levels (CR4.LA57), and addresses of 57 bits instead of 48.</summary>
    public bool FiveLevels { get; init; }

    /// <summary>MAXPHYADDR, 32 to 52: entries with higher address bits are malformed. From CPUID 0x80000008.</summary>
    public int PhysicalAddressBits { get; init; } = 52;

    /// <summary>Whether bit 63 forbids execution (EFER.NXE). Without, it has to be 0.</summary>
    public bool NoExecute { get; init; } = true;

    /// <summary>Whether there are pages of 1 GiB.</summary>
    public bool GigabytePages { get; init; } = true;

    /// <summary>Whether entries that are made for tables let user pages be mapped below them.</summary>
    public bool UserTables { get; init; } = true;

    /// <summary>The page attribute table (MSR 0x277), which says what memory types entries mean.</summary>
    public ulong Pat { get; init; } = DefaultPat;
}
