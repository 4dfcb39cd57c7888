namespace Lodge.Paging.Tests;

/// <summary>The RISC-V privileged manual, "Virtual Address Translation Process", step by step, for Sv39 to Sv57 and the guest
/// stage.</summary>
internal sealed class RiscVOracle(
    ulong atp, bool isGuestStage, ulong sstatus, ulong menvcfg, Func<ulong, ulong?> read, AccessedDirty accessedDirty)
    : PageOracle(read, accessedDirty)
{
    protected override OracleResult Translate()
    {
        ulong mode = Bits(atp, 63, 60);
        if (mode == 0)
            return Identity();

        int levels = mode == 8 ? 3 : mode == 9 ? 4 : 5;
        int width = 12 + (9 * levels);
        if (isGuestStage)
        {
            return Bits(Address, 63, width + 2) != 0
                ? NotTranslated()
                : Walk(levels, Bits(atp, 43, 2) * 16384, isRoot: true);
        }

        for (int bit = width; bit < 64; bit++)
        {
            if (Bit(Address, bit) != Bit(Address, width - 1))
                return NotTranslated();
        }

        return Walk(levels, Bits(atp, 43, 0) * 4096, isRoot: true);
    }

    // Level 1 is the manual's i = 0.
    private OracleResult Walk(int level, ulong a, bool isRoot)
    {
        int lowest = 12 + (9 * (level - 1));
        int highest = lowest + 8 + (isRoot && isGuestStage ? 2 : 0);
        ulong at = a + (Bits(Address, highest, lowest) * 8);
        if (!TryRead(level, at, out ulong pte))
            return Fail(PageWalkFailureKind.TableOutsideMemory, level, at, 0);

        bool v = Bit(pte, 0), r = Bit(pte, 1), w = Bit(pte, 2), x = Bit(pte, 3), u = Bit(pte, 4);
        if (!v)
            return Fail(PageWalkFailureKind.NotPresent, level, at, pte);

        if ((!r && w) || HasReservedBits(pte, isLeaf: r || x))
            return Fail(PageWalkFailureKind.Malformed, level, at, pte);

        if (!r && !x)
        {
            return level == 1
                ? Fail(PageWalkFailureKind.Malformed, level, at, pte)
                : Walk(level - 1, Bits(pte, 53, 10) * 4096, isRoot: false);
        }

        if (level > 1 && Bits(pte, 10 + (9 * (level - 1)) - 1, 10) != 0)
            return Fail(PageWalkFailureKind.Malformed, level, at, pte);

        MemoryAccess supervisor = May(isUser: false, r, w, x, u);
        MemoryAccess user = May(isUser: true, r, w, x, u);
        if (!IsAllowed(supervisor, user))
            return Fail(PageWalkFailureKind.Permission, level, at, pte) with { Supervisor = supervisor, User = user };

        ulong updated = pte;
        if (!Bit(pte, 6) || (IsWrite && !Bit(pte, 7)))
        {
            if (Requires)
                return Fail(Bit(pte, 6) ? PageWalkFailureKind.NotDirty : PageWalkFailureKind.NotAccessed, level, at, pte);

            if (Updates)
            {
                updated |= (1 << 6) | (IsWrite ? 1UL << 7 : 0);
                Update(level, at, updated);
            }
        }

        return new OracleResult
        {
            Level = level,
            Entry = updated,
            Address = (Bits(pte, 53, 10 + (lowest - 12)) << lowest) + Bits(Address, lowest - 1, 0),
            PageBytes = 1UL << lowest,
            Supervisor = supervisor,
            User = user,
            MemoryType = Bits(pte, 62, 61) switch
            {
                0 => MemoryType.Platform,
                1 => MemoryType.NonCacheable,
                _ => MemoryType.Io,
            },
        };
    }

    private bool HasReservedBits(ulong pte, bool isLeaf)
    {
        if (Bit(pte, 63) || Bits(pte, 60, 54) != 0)
            return true;

        bool hasSvpbmt = Bit(menvcfg, 62);
        if (Bits(pte, 62, 61) != 0 && (!hasSvpbmt || !isLeaf || Bits(pte, 62, 61) == 3))
            return true;

        // "For non-leaf PTEs, the D, A, and U bits are reserved."
        return !isLeaf && (Bit(pte, 4) || Bit(pte, 6) || Bit(pte, 7));
    }

    private MemoryAccess May(bool isUser, bool r, bool w, bool x, bool u)
    {
        // The guest stage takes every access for one of U-mode.
        if (isGuestStage)
            return u ? AccessOf(r, w, x) : MemoryAccess.None;

        bool mxr = Bit(sstatus, 19);
        bool sum = Bit(sstatus, 18);
        bool canRead = r || (mxr && x);
        if (isUser)
            return u ? AccessOf(canRead, w, x) : MemoryAccess.None;

        if (!u)
            return AccessOf(canRead, w, x);

        return sum ? AccessOf(canRead, w, false) : MemoryAccess.None;
    }
}
