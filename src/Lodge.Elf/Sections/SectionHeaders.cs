namespace Lodge.Elf;

/// <summary>Reads the section headers and their names.</summary>
internal static class SectionHeaders
{
    // A name may end in another one (.rela.text and .text), which makes names together larger than their table, but not by much.
    private const int MostTimesTheTable = 16;

    /// <summary>Section header 0, which holds what is too large for the file's header.</summary>
    public static SectionHeader ReadFirst(ElfSource source, in ElfHeader header)
    {
        RequireEntrySize(source, header);
        Span<byte> bytes = stackalloc byte[Wire.SectionHeaderSize];
        source.RequireRange(header.SectionHeaderOffset, Wire.SectionHeaderSize, "Section header 0");
        source.ReadExactly((long)header.SectionHeaderOffset, bytes, "Section header 0");
        return SectionHeader.Decode(bytes);
    }

    public static ElfSection[] Read(ElfSource source, in ElfHeader header, ElfLimits limits)
    {
        if (header.SectionHeaderOffset == 0)
        {
            return header.SectionCount == 0 ? []
                : throw source.Error($"ELF header: e_shnum is {header.SectionCount}, but e_shoff is 0.");
        }

        SectionHeader first = ReadFirst(source, header);
        ulong count = header.SectionCount != 0 ? header.SectionCount : first.Size;
        if (count > (ulong)limits.MostSections)
            throw source.Error($"There are {count} sections; allowed are {limits.MostSections} (ElfLimits.MostSections).");

        var table = new TableReader(
            source, header.SectionHeaderOffset, count, Wire.SectionHeaderSize, "The section header table");
        var headers = new SectionHeader[count];
        for (int i = 0; table.TryRead(out ReadOnlySpan<byte> entry); i++)
            headers[i] = SectionHeader.Decode(entry);

        uint namesIndex = header.SectionNamesIndex == Wire.ExtendedIndex ? first.Link : header.SectionNamesIndex;
        return Name(source, headers, namesIndex, limits);
    }

    private static ElfSection[] Name(ElfSource source, SectionHeader[] headers, uint namesIndex, ElfLimits limits)
    {
        var sections = new ElfSection[headers.Length];
        if (namesIndex == 0)
        {
            for (int i = 0; i < headers.Length; i++)
                sections[i] = headers[i].Named("");

            return sections;
        }

        if (namesIndex >= (uint)headers.Length)
            throw source.Error($"ELF header: e_shstrndx is {namesIndex}, but there are {headers.Length} sections.");

        SectionHeader names = headers[namesIndex];
        if (names.Type != ElfSectionType.StringTable)
            throw source.Error($"Section {namesIndex}, which e_shstrndx names, is {names.Type} and no string table.");

        StringTable strings = StringTable.Read(source, names.FileOffset, names.Size, "The table of section names", limits);
        long allowed = Math.Min(limits.MostSectionNameBytes, (long)strings.Length * MostTimesTheTable);
        var known = new Dictionary<uint, string>();
        for (int i = 0; i < headers.Length; i++)
        {
            if (!known.TryGetValue(headers[i].Name, out string? name))
            {
                ReadOnlySpan<byte> bytes = strings.Find(headers[i].Name, "Section", i, "sh_name");
                allowed -= bytes.Length;
                if (allowed < 0)
                {
                    throw source.Error($"The names of sections take more than {limits.MostSectionNameBytes} bytes "
                        + $"(ElfLimits.MostSectionNameBytes) or {MostTimesTheTable} times their table of {strings.Length} "
                        + "bytes.");
                }

                name = Text.Decode(bytes);
                known.Add(headers[i].Name, name);
            }

            sections[i] = headers[i].Named(name);
        }

        return sections;
    }

    private static void RequireEntrySize(ElfSource source, in ElfHeader header)
    {
        if (header.SectionHeaderSize != Wire.SectionHeaderSize)
            throw source.Error($"ELF header: e_shentsize is {header.SectionHeaderSize}; allowed is {Wire.SectionHeaderSize}.");
    }
}
