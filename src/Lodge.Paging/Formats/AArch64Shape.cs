namespace Lodge.Paging;

/// <summary>What a granule and the width of addresses decide of AArch64's tables.</summary>
internal readonly struct AArch64Shape
{
    private readonly int _granuleShift;
    private readonly bool _isWide;

    /// <exception cref="ArgumentOutOfRangeException">There is no such granule, or no such width.</exception>
    public AArch64Shape(AArch64Granule granule, int outputBits, bool isWide)
    {
        if (!Enum.IsDefined(granule))
            throw new ArgumentOutOfRangeException(nameof(granule), granule, "A granule is 4, 16 or 64 KiB.");

        int most = isWide ? 52 : 48;
        if (outputBits < 32 || outputBits > most)
            throw new ArgumentOutOfRangeException(nameof(outputBits), outputBits, $"Physical addresses have 32 to {most} bits.");

        _granuleShift = (int)granule;
        _isWide = isWide;
        bool isLarge = granule == AArch64Granule.Size64K;
        int lowEnd = isWide && !isLarge ? 50 : 48;
        Address = (isWide, isLarge) switch
        {
            (false, _) => new AddressField(Bits(_granuleShift, 48)),

            // FEAT_LPA: address bits 51:48 in entry bits 15:12.
            (true, true) => new AddressField(Bits(16, 48), 0, Bits(12, 16), 36),

            // FEAT_LPA2: address bits 51:50 in entry bits 9:8.
            (true, false) => new AddressField(Bits(_granuleShift, 50), 0, Bits(8, 10), 42),
        };
        ReservedAddressBits = Address.Set(Bits(outputBits, most));
        HasShareabilityInEntry = !isWide || isLarge;
    }

    public AddressField Address { get; }

    /// <summary>Where an entry has address bits above those that physical addresses have.</summary>
    public ulong ReservedAddressBits { get; }

    public bool HasShareabilityInEntry { get; }

    public int GranuleKiB => 1 << (_granuleShift - 10);

    public int IndexBits => _granuleShift - 3;

    public int MostLevels => _granuleShift == 12 && _isWide ? 5 : _granuleShift == 16 ? 3 : 4;

    // 16 KiB tables have a fourth level in stage 2 only with wide entries: 48 bits begin with two tables of the third.
    public int MostLevelsOfStage2 => _granuleShift == 14 && !_isWide ? 3 : MostLevels;

    // 64 KiB tables have 52-bit input addresses without the wide format of entries too (FEAT_LVA).
    public int MostInputBits => _isWide || _granuleShift == 16 ? 52 : 48;

    public int ShiftOf(int level) => _granuleShift + (IndexBits * (level - 1));

    /// <summary>Level 2 has blocks always; level 3 with the smallest granule, or with 52-bit addresses; level 4 with
    /// both.</summary>
    public bool CanMapPages(int level) => level switch
    {
        1 or 2 => true,
        3 => _granuleShift == 12 || _isWide,
        4 => _granuleShift == 12 && _isWide,
        _ => false,
    };

    private static ulong Bits(int first, int end) => (1UL << end) - (1UL << first);
}
