namespace Lodge.Paging.Tests;

/// <summary>Reads whole page tables entry by entry, from the top down, as the manuals describe it.</summary>
internal static class NaiveTables
{
    /// <summary>All pages that tables map, in the order of their translated bits; how many tables there are besides.</summary>
    public static List<NaivePage> Read(IAddressSpace memory, PageTable table, out int tables)
    {
        var pages = new List<NaivePage>();
        tables = 0;
        Read(memory, table.Format, 0, table.Root.Value, 0, pages, ref tables);
        return pages;
    }

    public static List<NaivePage> Read(IAddressSpace memory, PageTable table) => Read(memory, table, out _);

    /// <summary>The entry of an address on a level, and where it lies; nothing where the way there ends above it.</summary>
    public static (ulong Address, ulong Entry)? Find(IAddressSpace memory, PageTable table, ulong address, int number)
    {
        ulong at = table.Root.Value;
        foreach (PageTableLevel level in table.Format.Levels)
        {
            ulong place = at + ((ulong)level.IndexOf(address) * 8);
            ulong entry = memory.Read<LittleEndian<ulong>>(place);
            if (level.Number == number)
                return (place, entry);

            if (table.Format.KindOf(level.Number, entry) != EntryKind.Table)
                return null;

            at = table.Format.TargetOf(level.Number, entry).Value;
        }

        return null;
    }

    private static void Read(
        IAddressSpace memory, PageTableFormat format, int depth, ulong table, ulong address, List<NaivePage> pages, ref int tables)
    {
        PageTableLevel level = format.Levels[depth];
        tables++;
        for (int i = 0; i < level.EntryCount; i++)
        {
            ulong entry = memory.Read<LittleEndian<ulong>>(table + ((ulong)i * 8));
            ulong first = address + ((ulong)i << level.Shift);
            ulong target = format.TargetOf(level.Number, entry).Value;
            switch (format.KindOf(level.Number, entry))
            {
                case EntryKind.Page:
                    pages.Add(new NaivePage(
                        Extend(format, first), level.EntryCoverage, target, format.AttributesOf(level.Number, entry), level.Number));
                    break;
                case EntryKind.Table:
                    Read(memory, format, depth + 1, target, first, pages, ref tables);
                    break;
                case EntryKind.Malformed:
                    throw new InvalidOperationException($"A malformed entry 0x{entry:x} on level {level.Number} for 0x{first:x}.");
            }
        }
    }

    /// <summary>The address whose translated bits are given.</summary>
    public static ulong Extend(PageTableFormat format, ulong bits)
    {
        ulong above = ulong.MaxValue << format.InputBits;
        return format.AddressForm switch
        {
            AddressForm.AllOnes => bits | above,
            AddressForm.SignExtended when (bits >> (format.InputBits - 1) & 1) != 0 => bits | above,
            _ => bits,
        };
    }
}
