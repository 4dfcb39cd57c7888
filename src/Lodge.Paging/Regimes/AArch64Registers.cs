namespace Lodge.Paging;

/// <summary>The registers that decide how an AArch64 processor translates addresses at EL1 and EL0.</summary>
public readonly record struct AArch64Registers
{
    private readonly ulong _mairChange;
    private readonly ulong _sctlrChange;

    /// <summary>TTBR0_EL1: the root for the lower half.</summary>
    public ulong Ttbr0 { get; init; }

    /// <summary>TTBR1_EL1: the root for the upper half.</summary>
    public ulong Ttbr1 { get; init; }

    /// <summary>TCR_EL1: sizes, granules, and what the processor does by itself.</summary>
    public ulong Tcr { get; init; }

    /// <summary>MAIR_EL1: memory types; <see cref="AArch64Stage1Options.DefaultMair"/> by default.</summary>
    public ulong Mair
    {
        get => _mairChange ^ AArch64Stage1Options.DefaultMair;
        init => _mairChange = value ^ AArch64Stage1Options.DefaultMair;
    }

    /// <summary>SCTLR_EL1: M (bit 0) turns translation on, WXN (19) forbids to execute what may be written. M alone by
    /// default.</summary>
    public ulong Sctlr
    {
        get => _sctlrChange ^ 1;
        init => _sctlrChange = value ^ 1;
    }

    /// <summary>PSTATE.PAN: whether EL1 is kept from EL0's data.</summary>
    public bool Pan { get; init; }
}
