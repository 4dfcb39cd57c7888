namespace Lodge.Paging.Tests;

/// <summary>Arm DDI 0487, chapter D8: stage 1 of EL1 and EL0.</summary>
internal sealed class AArch64Stage1Oracle(AArch64Registers registers, Func<ulong, ulong?> read, AccessedDirty accessedDirty)
    : AArch64Oracle(read, accessedDirty)
{
    private bool _hpd;
    private bool _pxnTable;
    private bool _uxnTable;
    private bool _noEl0Table;
    private bool _readOnlyTable;

    protected override OracleResult Translate()
    {
        if (!Bit(registers.Sctlr, 0))
            return Identity();

        ulong tcr = registers.Tcr;
        bool isUpper = Bit(Address, 55);
        bool tbi;
        bool epd;
        if (isUpper)
        {
            epd = Bit(tcr, 23);
            tbi = Bit(tcr, 38);
            _hpd = Bit(tcr, 42);
            InputSize = 64 - (int)Bits(tcr, 21, 16);
            Granule = Bits(tcr, 31, 30) switch { 1 => 14, 2 => 12, _ => 16 };
        }
        else
        {
            epd = Bit(tcr, 7);
            tbi = Bit(tcr, 37);
            _hpd = Bit(tcr, 41);
            InputSize = 64 - (int)Bits(tcr, 5, 0);
            Granule = Bits(tcr, 15, 14) switch { 0 => 12, 1 => 16, _ => 14 };
        }

        Ha = Bit(tcr, 39);
        Hd = Ha && Bit(tcr, 40);
        Ds = Bit(tcr, 59) && Granule != 16;
        SetOutputSize(Bits(tcr, 34, 32));
        if (epd)
            return NotTranslated();

        for (int bit = InputSize; bit <= (tbi ? 55 : 63); bit++)
        {
            if (Bit(Address, bit) != isUpper)
                return NotTranslated();
        }

        int start = 3;
        while (LowestBit(start) + (Granule - 3) < InputSize)
            start--;

        _pxnTable = _uxnTable = _noEl0Table = _readOnlyTable = false;
        return Walk(start, BaseOf(isUpper ? registers.Ttbr1 : registers.Ttbr0, start), InputSize - 1);
    }

    protected override void PassTable(ulong descriptor)
    {
        if (_hpd)
            return;

        _pxnTable |= Bit(descriptor, 59);
        _uxnTable |= Bit(descriptor, 60);
        _noEl0Table |= Bit(descriptor, 61);
        _readOnlyTable |= Bit(descriptor, 62);
    }

    protected override OracleResult Leaf(int number, ulong at, ulong descriptor)
    {
        if (!Bit(descriptor, 10) && Requires)
            return Fail(PageWalkFailureKind.NotAccessed, number, at, descriptor);

        // AP[2] counts as clear where the hardware will clear it.
        bool isReadOnly = Bit(descriptor, 7) && !(Hd && Bit(descriptor, 51));
        bool isEl0 = Bit(descriptor, 6);
        bool pr = true;
        bool pw = !isReadOnly && !_readOnlyTable;
        bool ur = isEl0 && !_noEl0Table;
        bool uw = isEl0 && !isReadOnly && !_noEl0Table && !_readOnlyTable;
        bool px = !Bit(descriptor, 53) && !_pxnTable && !uw;
        bool ux = !Bit(descriptor, 54) && !_uxnTable;
        if (Bit(registers.Sctlr, 19))
        {
            px = px && !pw;
            ux = ux && !uw;
        }

        if (registers.Pan && (ur || uw))
            pr = pw = false;

        MemoryAccess supervisor = AccessOf(pr, pw, px);
        MemoryAccess user = AccessOf(ur, uw, ux);
        if (!IsAllowed(supervisor, user))
            return Fail(PageWalkFailureKind.Permission, number, at, descriptor) with { Supervisor = supervisor, User = user };

        int index = (int)Bits(descriptor, 4, 2);
        return Finish(number, at, descriptor, dirty: 0, new OracleResult
        {
            Supervisor = supervisor,
            User = user,
            MemoryType = TypeOf((int)Bits(registers.Mair, (8 * index) + 7, 8 * index)),
        });
    }

    private static MemoryType TypeOf(int attribute)
    {
        int outer = attribute / 16;
        int inner = attribute % 16;
        if (outer == 0)
        {
            return inner switch
            {
                0 => MemoryType.DeviceNGnRnE,
                4 => MemoryType.DeviceNGnRe,
                8 => MemoryType.DeviceNGre,
                12 => MemoryType.DeviceGre,
                _ => MemoryType.Unknown,
            };
        }

        if (inner == 0)
            return MemoryType.Unknown;

        return Caching(outer) == Caching(inner) ? Caching(outer) : MemoryType.MixedCaching;
    }

    // 0b00RW and 0b10RW write through, 0b01RW and 0b11RW write back, but for 0b0100.
    private static MemoryType Caching(int half)
    {
        if (half == 4)
            return MemoryType.NonCacheable;

        return half / 4 is 0 or 2 ? MemoryType.WriteThrough : MemoryType.WriteBack;
    }
}
