namespace Lodge.Paging;

/// <summary>The registers that decide how an x86-64 processor translates addresses.</summary>
public readonly record struct X64Registers
{
    private const int MostPhysicalBits = 52;
    private readonly ulong _patChange;
    private readonly byte _physicalBitsBelowMost;

    /// <summary>CR0: PG (bit 31) turns paging on, WP (16) protects read-only pages from the supervisor.</summary>
    public ulong Cr0 { get; init; }

    /// <summary>CR3: bits 51:12 are the root's address.</summary>
    public ulong Cr3 { get; init; }

    /// <summary>CR4: PAE (5), LA57 (12), SMEP (20), SMAP (21).</summary>
    public ulong Cr4 { get; init; }

    /// <summary>EFER: LME (8) and LMA (10), NXE (11).</summary>
    public ulong Efer { get; init; }

    /// <summary>RFLAGS: with AC (18) set, SMAP does not count.</summary>
    public ulong Rflags { get; init; }

    /// <summary>The PAT; that of a processor that was just reset by default.</summary>
    public ulong Pat
    {
        get => _patChange ^ X64Options.DefaultPat;
        init => _patChange = value ^ X64Options.DefaultPat;
    }

    /// <summary>MAXPHYADDR; 52 by default.</summary>
    public int PhysicalAddressBits
    {
        get => MostPhysicalBits - _physicalBitsBelowMost;
        init => _physicalBitsBelowMost = value is >= 32 and <= MostPhysicalBits
            ? (byte)(MostPhysicalBits - value)
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Physical addresses have 32 to 52 bits.");
    }
}
