using System.Buffers.Binary;

namespace Lodge.Elf;

/// <summary>Reads symbol tables: by the sections, or by the dynamic table.</summary>
internal sealed class SymbolReader(ElfFile file, ElfSource source, ElfLimits limits)
{
    private const int GnuHashHeaderSize = 16;
    private const int BloomWordSize = 8;

    public ElfSymbolTable Read()
    {
        IReadOnlyList<ElfSection> sections = file.Sections;
        int index = Find(sections, ElfSectionType.SymbolTable);
        if (index < 0)
            index = Find(sections, ElfSectionType.DynamicSymbolTable);

        return index < 0 ? ReadDynamic() : ReadSection(sections, index);
    }

    public ElfSymbolTable ReadDynamic()
    {
        DynamicTable dynamic = DynamicTable.Read(file, source, limits);
        if (!dynamic.TryGet(ElfDynamicTag.SymbolTable, out ulong address))
            return Table(SymbolData.Empty(source), sections: null);

        dynamic.RequireEntrySize(ElfDynamicTag.SymbolEntrySize, Wire.SymbolSize);
        ulong stringsAddress = dynamic.Get(ElfDynamicTag.StringTable, ElfDynamicTag.SymbolTable);
        ulong stringsSize = dynamic.Get(ElfDynamicTag.StringTableSize, ElfDynamicTag.SymbolTable);
        ulong size = CountDynamic(dynamic) * Wire.SymbolSize;
        ReadOnlyMemory<byte> symbols = ReadSymbols(
            dynamic.FileOffset(ElfDynamicTag.SymbolTable, address, size), size, "The dynamic symbol table");
        StringTable strings = StringTable.Read(
            source,
            dynamic.FileOffset(ElfDynamicTag.StringTable, stringsAddress, stringsSize),
            stringsSize,
            "The dynamic string table",
            limits);
        return Table(SymbolData.Checked(source, symbols, default, strings), sections: null);
    }

    private ElfSymbolTable ReadSection(IReadOnlyList<ElfSection> sections, int index)
    {
        ElfSection table = sections[index];
        if (table.EntrySize != Wire.SymbolSize)
            throw source.Error($"Section {index} ({table.Type}): sh_entsize is {table.EntrySize}; allowed is {Wire.SymbolSize}.");

        if (table.Link >= (uint)sections.Count || sections[(int)table.Link].Type != ElfSectionType.StringTable)
            throw source.Error($"Section {index} ({table.Type}): sh_link is {table.Link}, which is no string table.");

        ReadOnlyMemory<byte> symbols = ReadSymbols(table.FileOffset, table.Size, $"Section {index} ({table.Type})");
        ElfSection names = sections[(int)table.Link];
        StringTable strings = StringTable.Read(
            source, names.FileOffset, names.Size, $"Section {table.Link} ({names.Type})", limits);
        ReadOnlyMemory<byte> indexes = ReadIndexes(sections, index, symbols.Length / Wire.SymbolSize);
        return Table(SymbolData.Checked(source, symbols, indexes, strings), sections);
    }

    private ReadOnlyMemory<byte> ReadSymbols(ulong offset, ulong size, string what)
    {
        if (size % Wire.SymbolSize != 0)
            throw source.Error($"{what} has {size} bytes, no multiple of {Wire.SymbolSize}.");

        if (size / Wire.SymbolSize > (ulong)limits.MostSymbols)
        {
            throw source.Error($"{what} has {size / Wire.SymbolSize} symbols; allowed are {limits.MostSymbols} "
                + "(ElfLimits.MostSymbols).");
        }

        source.RequireRange(offset, size, what);
        return source.ReadMemory((long)offset, (int)size, what);
    }

    /// <summary>The section indexes of more than 16 bits; empty where there are none.</summary>
    private ReadOnlyMemory<byte> ReadIndexes(IReadOnlyList<ElfSection> sections, int symbolTable, int count)
    {
        for (int i = 0; i < sections.Count; i++)
        {
            ElfSection section = sections[i];
            if (section.Type != ElfSectionType.SymbolTableIndexes || section.Link != (uint)symbolTable)
                continue;

            ulong size = (ulong)count * sizeof(uint);
            if (section.Size != size)
                throw source.Error($"Section {i} ({section.Type}): sh_size is {section.Size}, but {count} symbols take {size}.");

            source.RequireRange(section.FileOffset, size, $"Section {i} ({section.Type})");
            return source.ReadMemory((long)section.FileOffset, (int)size, $"Section {i} ({section.Type})");
        }

        return default;
    }

    private ElfSymbolTable Table(SymbolData data, IReadOnlyList<ElfSection>? sections)
        => new(data, file.Type == ElfType.Relocatable ? null : new SymbolExtents(file, sections));

    /// <summary>How many dynamic symbols there are, which only the hash tables know.</summary>
    private ulong CountDynamic(DynamicTable dynamic)
    {
        ulong count = dynamic.TryGet(ElfDynamicTag.Hash, out ulong hash) ? CountByHash(dynamic, hash)
            : dynamic.TryGet(ElfDynamicTag.GnuHash, out ulong gnuHash) ? CountByGnuHash(dynamic, gnuHash)
            : throw source.Error("The dynamic table has a symbol table, but no hash table that says how many symbols it has.");
        return count <= (ulong)limits.MostSymbols ? count : throw source.Error(
            $"The hash table of the dynamic symbols says that there are {count}; allowed are {limits.MostSymbols} "
            + "(ElfLimits.MostSymbols).");
    }

    private ulong CountByHash(DynamicTable dynamic, ulong address)
    {
        Span<byte> bytes = stackalloc byte[8];
        ulong offset = dynamic.FileOffset(ElfDynamicTag.Hash, address, (ulong)bytes.Length);
        source.ReadExactly((long)offset, bytes, "The hash table of the dynamic symbols");
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
    }

    /// <summary>The symbol behind the last one of the longest chain: buckets name the first symbol of each chain, and a chain's
    /// last word is odd.</summary>
    private ulong CountByGnuHash(DynamicTable dynamic, ulong address)
    {
        const string What = "The GNU hash table of the dynamic symbols";
        Span<byte> header = stackalloc byte[GnuHashHeaderSize];
        ulong offset = dynamic.FileOffset(ElfDynamicTag.GnuHash, address, GnuHashHeaderSize);
        source.ReadExactly((long)offset, header, What);
        uint bucketCount = BinaryPrimitives.ReadUInt32LittleEndian(header);
        uint firstHashed = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        uint bloomCount = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);

        // 32-bit counts times sizes, added to an offset below 2^63: no overflow.
        offset += GnuHashHeaderSize + ((ulong)bloomCount * BloomWordSize);
        var buckets = new TableReader(source, offset, bucketCount, sizeof(uint), What);
        uint last = 0;
        while (buckets.TryRead(out ReadOnlySpan<byte> bucket))
            last = Math.Max(last, BinaryPrimitives.ReadUInt32LittleEndian(bucket));

        if (last < firstHashed)
            return firstHashed;

        offset += (ulong)bucketCount * sizeof(uint);
        offset += (ulong)(last - firstHashed) * sizeof(uint);
        source.RequireRange(offset, sizeof(uint), What);
        var chain = new TableReader(source, offset, ((ulong)source.Length - offset) / sizeof(uint), sizeof(uint), What);
        for (ulong count = last + 1UL; chain.TryRead(out ReadOnlySpan<byte> word) && count <= (ulong)limits.MostSymbols; count++)
        {
            if ((word[0] & 1) != 0)
                return count;
        }

        throw source.Error($"{What}: the chain from symbol {last} on has no end among {limits.MostSymbols} symbols, or in the "
            + "file.");
    }

    private static int Find(IReadOnlyList<ElfSection> sections, ElfSectionType type)
    {
        for (int i = 0; i < sections.Count; i++)
        {
            if (sections[i].Type == type)
                return i;
        }

        return -1;
    }
}
