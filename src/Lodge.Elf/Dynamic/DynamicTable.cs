using System.Buffers.Binary;

namespace Lodge.Elf;

/// <summary>The dynamic table: where a dynamic linker finds everything else.</summary>
internal sealed class DynamicTable
{
    private readonly ElfFile _file;
    private readonly ElfSource _source;
    private readonly List<ElfDynamicEntry> _entries;

    private DynamicTable(ElfFile file, ElfSource source, List<ElfDynamicEntry> entries)
    {
        _file = file;
        _source = source;
        _entries = entries;
    }

    public IReadOnlyList<ElfDynamicEntry> Entries => _entries.AsReadOnly();

    /// <summary>The table, empty where the file has none.</summary>
    public static DynamicTable Read(ElfFile file, ElfSource source, ElfLimits limits)
    {
        var entries = new List<ElfDynamicEntry>();
        // Files of debug information keep the header and not the table.
        if (!TryFindSegment(file, source, out ElfSegment segment) || segment.FileSize == 0)
            return new DynamicTable(file, source, entries);

        var table = new TableReader(
            source, segment.FileOffset, segment.FileSize / Wire.DynamicEntrySize, Wire.DynamicEntrySize, "The dynamic table");
        while (table.TryRead(out ReadOnlySpan<byte> bytes))
        {
            var entry = new ElfDynamicEntry(
                (ElfDynamicTag)BinaryPrimitives.ReadInt64LittleEndian(bytes),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
            if (entry.Tag == ElfDynamicTag.Null)
                return new DynamicTable(file, source, entries);

            if (entries.Count == limits.MostDynamicEntries)
            {
                throw source.Error(
                    $"The dynamic table has more than {limits.MostDynamicEntries} entries (ElfLimits.MostDynamicEntries).");
            }

            entries.Add(entry);
        }

        throw source.Error($"The dynamic table of 0x{segment.FileSize:x} bytes ends without DT_NULL.");
    }

    /// <summary>The value of an entry that there may be once.</summary>
    public bool TryGet(ElfDynamicTag tag, out ulong value)
    {
        value = 0;
        bool isThere = false;
        foreach (ElfDynamicEntry entry in _entries)
        {
            if (entry.Tag != tag)
                continue;

            if (isThere)
                throw _source.Error($"The dynamic table has more than one entry {tag}.");

            value = entry.Value;
            isThere = true;
        }

        return isThere;
    }

    public ulong Get(ElfDynamicTag tag, ElfDynamicTag because)
        => TryGet(tag, out ulong value) ? value : throw _source.Error($"The dynamic table has {because} but no {tag}.");

    /// <summary>Refuses a size of entries other than the one there is; the entry that says it may be missing.</summary>
    public void RequireEntrySize(ElfDynamicTag tag, ulong size)
    {
        if (TryGet(tag, out ulong value) && value != size)
            throw _source.Error($"The dynamic table: {tag} is {value}; allowed is {size}.");
    }

    /// <summary>Where in the file a table begins that the dynamic table names by its address.</summary>
    public ulong FileOffset(ElfDynamicTag tag, ulong address, ulong size)
    {
        if (!_file.TryFindAddress(address, out long offset, out ulong available) || available < size)
        {
            throw _source.Error($"The dynamic table: {tag} names 0x{size:x} bytes at the address 0x{address:x}, where the file "
                + $"has 0x{available:x} bytes of a PT_LOAD segment.");
        }

        return (ulong)offset;
    }

    private static bool TryFindSegment(ElfFile file, ElfSource source, out ElfSegment found)
    {
        found = default;
        bool isThere = false;
        foreach (ElfSegment segment in file.Segments)
        {
            if (segment.Type != ElfSegmentType.Dynamic)
                continue;

            if (isThere)
                throw source.Error("There is more than one program header PT_DYNAMIC.");

            found = segment;
            isThere = true;
        }

        return isThere;
    }
}
