namespace Lodge.Paging.Tests;

/// <summary>Intel SDM volume 3A, chapter "Paging": 4-level and 5-level paging, access rights, accessed and dirty flags,
/// PAT.</summary>
internal sealed class X64Oracle(
    X64Registers registers, bool hasGigabytePages, Func<ulong, ulong?> read, AccessedDirty accessedDirty)
    : PageOracle(read, accessedDirty)
{
    protected override OracleResult Translate()
    {
        if (!Bit(registers.Cr0, 31))
            return Identity();

        int levels = Bit(registers.Cr4, 12) ? 5 : 4;
        int width = levels == 5 ? 57 : 48;
        for (int bit = width; bit < 64; bit++)
        {
            if (Bit(Address, bit) != Bit(Address, width - 1))
                return NotTranslated();
        }

        return Walk(levels, Bits(registers.Cr3, 51, 12) * 4096, isWritable: true, isUserMode: true, isExecutable: true);
    }

    private OracleResult Walk(int level, ulong table, bool isWritable, bool isUserMode, bool isExecutable)
    {
        int lowest = 12 + (9 * (level - 1));
        ulong at = table + (Bits(Address, lowest + 8, lowest) * 8);
        if (!TryRead(level, at, out ulong entry))
            return Fail(PageWalkFailureKind.TableOutsideMemory, level, at, 0);

        if (!Bit(entry, 0))
            return Fail(PageWalkFailureKind.NotPresent, level, at, entry);

        bool isLeaf = level == 1 || (level <= 3 && Bit(entry, 7));
        if (HasReservedBits(level, entry, isLeaf))
            return Fail(PageWalkFailureKind.Malformed, level, at, entry);

        isWritable = isWritable && Bit(entry, 1);
        isUserMode = isUserMode && Bit(entry, 2);
        isExecutable = isExecutable && !Bit(entry, 63);
        if (!isLeaf)
            return Walk(level - 1, Bits(entry, 51, 12) * 4096, isWritable, isUserMode, isExecutable);

        MemoryAccess supervisor = SupervisorMay(isWritable, isUserMode, isExecutable);
        MemoryAccess user = isUserMode ? AccessOf(true, isWritable, isExecutable) : MemoryAccess.None;
        if (!IsAllowed(supervisor, user))
            return Fail(PageWalkFailureKind.Permission, level, at, entry) with { Supervisor = supervisor, User = user };

        ulong updated = entry;
        if (Updates)
        {
            UpdateTables(5);
            updated |= 1 << 5;
            if (IsWrite)
                updated |= 1 << 6;

            if (updated != entry)
                Update(level, at, updated);
        }

        return new OracleResult
        {
            Level = level,
            Entry = updated,
            Address = (Bits(entry, 51, lowest) << lowest) + Bits(Address, lowest - 1, 0),
            PageBytes = 1UL << lowest,
            Supervisor = supervisor,
            User = user,
            MemoryType = TypeOf(entry, isPatInBit7: level == 1),
        };
    }

    private bool HasReservedBits(int level, ulong entry, bool isLeaf)
    {
        if (level >= 4 && Bit(entry, 7))
            return true;

        if (level == 3 && Bit(entry, 7) && !hasGigabytePages)
            return true;

        if (Bit(entry, 63) && !Bit(registers.Efer, 11))
            return true;

        if (registers.PhysicalAddressBits < 52 && Bits(entry, 51, registers.PhysicalAddressBits) != 0)
            return true;

        if (isLeaf && level == 2)
            return Bits(entry, 20, 13) != 0;

        return isLeaf && level == 3 && Bits(entry, 29, 13) != 0;
    }

    // "Determination of Access Rights", for supervisor-mode accesses.
    private MemoryAccess SupervisorMay(bool isWritable, bool isUserMode, bool isExecutable)
    {
        bool isWriteProtected = Bit(registers.Cr0, 16);
        if (!isUserMode)
            return AccessOf(true, isWritable || !isWriteProtected, isExecutable);

        bool isKept = Bit(registers.Cr4, 21) && !Bit(registers.Rflags, 18);
        bool canExecute = isExecutable && !Bit(registers.Cr4, 20);
        return isKept
            ? AccessOf(false, false, canExecute)
            : AccessOf(true, isWritable || !isWriteProtected, canExecute);
    }

    private MemoryType TypeOf(ulong entry, bool isPatInBit7)
    {
        int index = (Bit(entry, isPatInBit7 ? 7 : 12) ? 4 : 0) + (Bit(entry, 4) ? 2 : 0) + (Bit(entry, 3) ? 1 : 0);
        return Bits(registers.Pat, (8 * index) + 2, 8 * index) switch
        {
            0 => MemoryType.Uncacheable,
            1 => MemoryType.WriteCombining,
            4 => MemoryType.WriteThrough,
            5 => MemoryType.WriteProtected,
            6 => MemoryType.WriteBack,
            7 => MemoryType.UncacheableMinus,
            _ => MemoryType.Unknown,
        };
    }
}
