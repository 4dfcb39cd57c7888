namespace Lodge.Paging.Tests;

/// <summary>Arm DDI 0487, chapter D8: stage 2, without forced write-back.</summary>
internal sealed class AArch64Stage2Oracle(
    ulong vttbr, ulong vtcr, bool hasXnx, Func<ulong, ulong?> read, AccessedDirty accessedDirty)
    : AArch64Oracle(read, accessedDirty)
{
    protected override OracleResult Translate()
    {
        InputSize = 64 - (int)Bits(vtcr, 5, 0);
        Granule = Bits(vtcr, 15, 14) switch { 0 => 12, 1 => 16, _ => 14 };
        Ha = Bit(vtcr, 21);
        Hd = Ha && Bit(vtcr, 22);
        Ds = Bit(vtcr, 32) && Granule != 16;
        SetOutputSize(Bits(vtcr, 18, 16));
        if (Bits(Address, 63, InputSize) != 0)
            return NotTranslated();

        int start = StartLevel();
        return Walk(start, BaseOf(vttbr, start), InputSize - 1);
    }

    protected override void PassTable(ulong descriptor)
    {
    }

    protected override OracleResult Leaf(int number, ulong at, ulong descriptor)
    {
        if (!Bit(descriptor, 10) && Requires)
            return Fail(PageWalkFailureKind.NotAccessed, number, at, descriptor);

        bool canRead = Bit(descriptor, 6);
        bool canWrite = Bit(descriptor, 7) || (Hd && Bit(descriptor, 51));
        bool px;
        bool ux;
        if (hasXnx)
        {
            ulong xn = Bits(descriptor, 54, 53);
            px = xn is 0 or 3;
            ux = xn is 0 or 1;
        }
        else
        {
            px = ux = !Bit(descriptor, 54);
        }

        MemoryAccess supervisor = AccessOf(canRead, canWrite, px);
        MemoryAccess user = AccessOf(canRead, canWrite, ux);
        if (!IsAllowed(supervisor, user))
            return Fail(PageWalkFailureKind.Permission, number, at, descriptor) with { Supervisor = supervisor, User = user };

        return Finish(number, at, descriptor, dirty: 1 << 7, new OracleResult
        {
            Supervisor = supervisor,
            User = user,
            MemoryType = TypeOf(Bits(descriptor, 5, 4), Bits(descriptor, 3, 2)),
        });
    }

    private int StartLevel()
    {
        int sl0 = (int)Bits(vtcr, 7, 6);
        if (Granule != 12)
            return 3 - sl0;

        if (Ds && Bit(vtcr, 33))
            return -1;

        return sl0 == 3 ? 3 : 2 - sl0;
    }

    private static MemoryType TypeOf(ulong outer, ulong inner)
    {
        if (outer == 0)
        {
            return inner switch
            {
                0 => MemoryType.DeviceNGnRnE,
                1 => MemoryType.DeviceNGnRe,
                2 => MemoryType.DeviceNGre,
                _ => MemoryType.DeviceGre,
            };
        }

        if (inner == 0)
            return MemoryType.Unknown;

        if (outer != inner)
            return MemoryType.MixedCaching;

        return outer == 1 ? MemoryType.NonCacheable : outer == 2 ? MemoryType.WriteThrough : MemoryType.WriteBack;
    }
}
