namespace Lodge.Paging.Tests;

/// <summary>Arm DDI 0487, chapter D8: what stage 1 and stage 2 walks have in common. Levels here are the manual's, −1 to
/// 3.</summary>
internal abstract class AArch64Oracle(Func<ulong, ulong?> read, AccessedDirty accessedDirty) : PageOracle(read, accessedDirty)
{
    /// <summary>The granule's bits: 12, 14 or 16.</summary>
    protected int Granule { get; set; }

    protected int InputSize { get; set; }

    protected int OutputSize { get; set; }

    /// <summary>The effective value of DS: 52-bit addresses of the small granules.</summary>
    protected bool Ds { get; set; }

    protected bool Ha { get; set; }

    /// <summary>The effective value of HD, which counts with HA only.</summary>
    protected bool Hd { get; set; }

    /// <summary>IPS, PS: without DS the small granules have 48 bits at most.</summary>
    protected void SetOutputSize(ulong field)
    {
        OutputSize = field switch { 0 => 32, 1 => 36, 2 => 40, 3 => 42, 4 => 44, 5 => 48, _ => 52 };
        if (Granule != 16 && !Ds)
            OutputSize = Math.Min(OutputSize, 48);
    }

    protected ulong BaseOf(ulong register, int startLevel)
    {
        ulong address = OutputSize == 52
            ? (Bits(register, 47, 6) << 6) + (Bits(register, 5, 2) << 48)
            : Bits(register, 47, 1) << 1;
        ulong tableBytes = 8UL << (InputSize - LowestBit(startLevel));
        return address - (address % tableBytes);
    }

    protected int LowestBit(int level) => Granule + ((3 - level) * (Granule - 3));

    protected OracleResult Walk(int level, ulong table, int highest)
    {
        int lowest = LowestBit(level);
        ulong at = table + (Bits(Address, highest, lowest) * 8);
        int number = 4 - level;
        if (!TryRead(number, at, out ulong descriptor))
            return Fail(PageWalkFailureKind.TableOutsideMemory, number, at, 0);

        // Bit 0 is validity; bit 1 is a table or, on level 3, a page; without it a block.
        bool isBlock = !Bit(descriptor, 1);
        if (!Bit(descriptor, 0) || (isBlock && !CanBeBlock(level)))
            return Fail(PageWalkFailureKind.NotPresent, number, at, descriptor);

        bool isTable = !isBlock && level < 3;
        ulong output = OutputOf(descriptor, isTable ? Granule : lowest);
        if (OutputSize < 52 && Bits(output, 51, OutputSize) != 0)
            return Fail(PageWalkFailureKind.Malformed, number, at, descriptor);

        if (isTable)
        {
            PassTable(descriptor);
            return Walk(level + 1, output, lowest - 1);
        }

        return Leaf(number, at, descriptor) with { Address = output + Bits(Address, lowest - 1, 0), PageBytes = 1UL << lowest };
    }

    /// <summary>Takes over what a table's entry says of everything below.</summary>
    protected abstract void PassTable(ulong descriptor);

    protected abstract OracleResult Leaf(int number, ulong at, ulong descriptor);

    /// <summary>A leaf that was found to allow the access: its flags, and the result but for the address.</summary>
    protected OracleResult Finish(int number, ulong at, ulong descriptor, ulong dirty, OracleResult result)
    {
        ulong updated = descriptor;
        if (Updates && Ha)
        {
            updated |= 1 << 10;
            if (Hd && Bit(descriptor, 51) && IsWrite)
                updated = (updated & ~(1UL << 7)) | dirty;

            if (updated != descriptor)
                Update(number, at, updated);
        }

        return result with { Level = number, Entry = updated };
    }

    private bool CanBeBlock(int level) => Granule switch
    {
        12 => level is 1 or 2 || (level == 0 && Ds),
        14 => level == 2 || (level == 1 && Ds),
        _ => level == 2 || (level == 1 && OutputSize == 52),
    };

    private ulong OutputOf(ulong descriptor, int lowest)
    {
        if (Granule == 16 && OutputSize == 52)
            return (Bits(descriptor, 47, lowest) << lowest) + (Bits(descriptor, 15, 12) << 48);

        if (Ds)
            return (Bits(descriptor, 49, lowest) << lowest) + (Bits(descriptor, 9, 8) << 50);

        return Bits(descriptor, 47, lowest) << lowest;
    }
}
