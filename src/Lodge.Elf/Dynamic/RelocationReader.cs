using System.Buffers.Binary;

namespace Lodge.Elf;

/// <summary>Reads the relocations that the dynamic table names.</summary>
internal sealed class RelocationReader(ElfFile file, ElfSource source, ElfLimits limits)
{
    private const int WordSize = 8;
    private const int WordsPerBitmap = 63;

    private readonly DynamicTable _dynamic = DynamicTable.Read(file, source, limits);
    private readonly List<ElfRelocation> _relocations = [];

    public IReadOnlyList<ElfRelocation> Read()
    {
        if (_dynamic.TryGet(ElfDynamicTag.Rel, out _))
        {
            throw source.Error(
                "The dynamic table has DT_REL; only relocations with addends (DT_RELA) and packed ones (DT_RELR) are read.");
        }

        Range tables = ReadTable();
        ReadPltTable(tables);
        ReadPacked();
        return _relocations.AsReadOnly();
    }

    private Range ReadTable()
    {
        if (!_dynamic.TryGet(ElfDynamicTag.Rela, out ulong address))
            return default;

        ulong size = _dynamic.Get(ElfDynamicTag.RelaSize, ElfDynamicTag.Rela);
        _dynamic.RequireEntrySize(ElfDynamicTag.RelaEntrySize, Wire.RelocationSize);
        ReadEntries(ElfDynamicTag.Rela, address, size);
        return new Range(address, size);
    }

    private void ReadPltTable(Range tables)
    {
        if (!_dynamic.TryGet(ElfDynamicTag.PltRelocations, out ulong address))
            return;

        ulong size = _dynamic.Get(ElfDynamicTag.PltRelocationsSize, ElfDynamicTag.PltRelocations);
        ulong kind = _dynamic.Get(ElfDynamicTag.PltRelocationsKind, ElfDynamicTag.PltRelocations);
        if (kind != (ulong)ElfDynamicTag.Rela)
        {
            throw source.Error($"The dynamic table: DT_PLTREL is {kind}; allowed is {(int)ElfDynamicTag.Rela}, relocations "
                + "with addends.");
        }

        // Some linkers count these relocations in the first table as well.
        if (!tables.Contains(address, size))
            ReadEntries(ElfDynamicTag.PltRelocations, address, size);
    }

    private void ReadEntries(ElfDynamicTag tag, ulong address, ulong size)
    {
        if (size == 0)
            return;

        if (size % Wire.RelocationSize != 0)
            throw source.Error($"The dynamic table: {tag} has {size} bytes, no multiple of {Wire.RelocationSize}.");

        ulong count = size / Wire.RelocationSize;
        RequireRoom(count);
        ulong offset = _dynamic.FileOffset(tag, address, size);
        var table = new TableReader(source, offset, count, Wire.RelocationSize, $"The relocation table {tag}");
        _relocations.EnsureCapacity(_relocations.Count + (int)count);
        while (table.TryRead(out ReadOnlySpan<byte> bytes))
        {
            ulong info = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
            _relocations.Add(new ElfRelocation(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes),
                (uint)info,
                (uint)(info >> 32),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[16..])));
        }
    }

    /// <summary>Words of packed relocations: an even one is an address; an odd one is a bitmap of which of the 63 words that
    /// follow are relocated too.</summary>
    private void ReadPacked()
    {
        if (!_dynamic.TryGet(ElfDynamicTag.Relr, out ulong address))
            return;

        ulong size = _dynamic.Get(ElfDynamicTag.RelrSize, ElfDynamicTag.Relr);
        _dynamic.RequireEntrySize(ElfDynamicTag.RelrEntrySize, WordSize);
        if (size == 0)
            return;

        if (size % WordSize != 0)
            throw source.Error($"The dynamic table: DT_RELRSZ is {size}, no multiple of {WordSize}.");

        uint type = RelativeType();
        ulong offset = _dynamic.FileOffset(ElfDynamicTag.Relr, address, size);
        var table = new TableReader(source, offset, size / WordSize, WordSize, "The table of packed relocations");
        var addends = new WordReader(file, source);
        ulong next = 0;
        bool hasStarted = false;
        while (table.TryRead(out ReadOnlySpan<byte> bytes))
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            if ((word & 1) == 0)
            {
                AddPacked(word, type, ref addends);
                next = unchecked(word + WordSize);
                hasStarted = true;
                continue;
            }

            if (!hasStarted)
            {
                throw source.Error($"The table of packed relocations begins with the bitmap 0x{word:x}; the first word is an "
                    + "address.");
            }

            for (int bit = 0; bit < WordsPerBitmap; bit++)
            {
                // The address may wrap: then no segment has it, or it is one that a plain word could have named.
                if ((word >> (bit + 1) & 1) != 0)
                    AddPacked(unchecked(next + ((ulong)bit * WordSize)), type, ref addends);
            }

            next = unchecked(next + (WordsPerBitmap * WordSize));
        }
    }

    private void AddPacked(ulong address, uint type, ref WordReader addends)
    {
        RequireRoom(1);
        _relocations.Add(new ElfRelocation(address, type, 0, (long)addends.Read(address)));
    }

    private void RequireRoom(ulong count)
    {
        if (count > (ulong)(limits.MostRelocations - _relocations.Count))
            throw source.Error($"There are more than {limits.MostRelocations} relocations (ElfLimits.MostRelocations).");
    }

    private uint RelativeType() => file.Machine switch
    {
        ElfMachine.X64 => ElfRelocationType.Relative,
        ElfMachine.AArch64 => 1027,
        ElfMachine.RiscV or ElfMachine.LoongArch => 3,
        _ => throw source.Error($"The dynamic table has DT_RELR, and what a relative relocation is for the machine "
            + $"{file.Machine} is not known."),
    };

    private readonly record struct Range(ulong Address, ulong Size)
    {
        public bool Contains(ulong address, ulong size)
            => address >= Address && address - Address <= Size && size <= Size - (address - Address);
    }
}
