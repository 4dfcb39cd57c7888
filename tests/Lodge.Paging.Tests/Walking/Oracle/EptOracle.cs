namespace Lodge.Paging.Tests;

/// <summary>Intel SDM volume 3C, "The Extended Page Table Mechanism": translation, misconfigurations, violations, A/D
/// flags.</summary>
internal sealed class EptOracle(ulong eptp, EptOptions processor, Func<ulong, ulong?> read, AccessedDirty accessedDirty)
    : PageOracle(read, accessedDirty)
{
    protected override OracleResult Translate()
    {
        int levels = (int)Bits(eptp, 5, 3) + 1;
        return Bits(Address, 63, levels == 5 ? 57 : 48) != 0
            ? NotTranslated()
            : Walk(levels, Bits(eptp, 51, 12) * 4096, canRead: true, canWrite: true, canExecute: true, userCanExecute: true);
    }

    private OracleResult Walk(int level, ulong table, bool canRead, bool canWrite, bool canExecute, bool userCanExecute)
    {
        int lowest = 12 + (9 * (level - 1));
        ulong at = table + (Bits(Address, lowest + 8, lowest) * 8);
        if (!TryRead(level, at, out ulong entry))
            return Fail(PageWalkFailureKind.TableOutsideMemory, level, at, 0);

        bool isPresent = Bits(entry, 2, 0) != 0 || (processor.ModeBasedExecute && Bit(entry, 10));
        if (!isPresent)
            return Fail(PageWalkFailureKind.NotPresent, level, at, entry);

        bool isLeaf = level == 1 || (Bit(entry, 7) && (level == 2 || (level == 3 && processor.GigabytePages)));
        if (IsMisconfigured(level, entry, isLeaf))
            return Fail(PageWalkFailureKind.Malformed, level, at, entry);

        canRead = canRead && Bit(entry, 0);
        canWrite = canWrite && Bit(entry, 1);
        canExecute = canExecute && Bit(entry, 2);
        userCanExecute = userCanExecute && Bit(entry, processor.ModeBasedExecute ? 10 : 2);
        if (!isLeaf)
            return Walk(level - 1, Bits(entry, 51, 12) * 4096, canRead, canWrite, canExecute, userCanExecute);

        MemoryAccess supervisor = AccessOf(canRead, canWrite, canExecute);
        MemoryAccess user = AccessOf(canRead, canWrite, userCanExecute);
        if (!IsAllowed(supervisor, user))
            return Fail(PageWalkFailureKind.Permission, level, at, entry) with { Supervisor = supervisor, User = user };

        ulong updated = entry;
        if (Updates && Bit(eptp, 6))
        {
            UpdateTables(8);
            updated |= 1 << 8;
            if (IsWrite)
                updated |= 1 << 9;

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
            MemoryType = Bits(entry, 5, 3) switch
            {
                0 => MemoryType.Uncacheable,
                1 => MemoryType.WriteCombining,
                4 => MemoryType.WriteThrough,
                5 => MemoryType.WriteProtected,
                6 => MemoryType.WriteBack,
                _ => MemoryType.Unknown,
            },
        };
    }

    private bool IsMisconfigured(int level, ulong entry, bool isLeaf)
    {
        if (!Bit(entry, 0) && Bit(entry, 1))
            return true;

        if (!processor.ExecuteOnly && !Bit(entry, 0) && Bit(entry, 2))
            return true;

        if (!processor.ExecuteOnly && processor.ModeBasedExecute && !Bit(entry, 0) && Bit(entry, 10))
            return true;

        if (processor.PhysicalAddressBits < 52 && Bits(entry, 51, processor.PhysicalAddressBits) != 0)
            return true;

        if (!isLeaf)
            return Bits(entry, 7, 3) != 0;

        if (Bits(entry, 5, 3) is 2 or 3 or 7)
            return true;

        return (level == 2 && Bits(entry, 20, 12) != 0) || (level == 3 && Bits(entry, 29, 12) != 0);
    }
}
