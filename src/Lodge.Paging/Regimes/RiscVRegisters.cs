namespace Lodge.Paging;

/// <summary>The registers that decide how a 64-bit RISC-V processor translates addresses in S- and U-mode.</summary>
public readonly record struct RiscVRegisters
{
    /// <summary>satp: MODE (63:60), ASID (59:44), the root's page number (43:0).</summary>
    public ulong Satp { get; init; }

    /// <summary>sstatus: SUM (bit 18), MXR (19).</summary>
    public ulong Sstatus { get; init; }

    /// <summary>menvcfg: ADUE (bit 61), PBMTE (62).</summary>
    public ulong Menvcfg { get; init; }
}
