namespace Lodge.Elf;

/// <summary>How much of a file is taken on. A file that asks for more is refused with an <see cref="ElfException"/> that names
/// the limit.</summary>
/// <remarks>A count in a header is also held against the length of the file, before anything is allocated. The defaults are for
/// files of any origin; a loader of small programs sets them lower.</remarks>
public sealed record ElfLimits
{
    /// <summary>The defaults.</summary>
    public static ElfLimits Default { get; } = new();

    /// <summary>Program headers; 1,048,576 by default, what Linux lets a process map where it is generous. At least 1.</summary>
    public int MostProgramHeaders { get; init => field = AtLeastOne(value); } = 1 << 20;

    /// <summary>Section headers; 1,048,576 by default. At least 1.</summary>
    public int MostSections { get; init => field = AtLeastOne(value); } = 1 << 20;

    /// <summary>Bytes in one string table; 256 MiB by default. At least 1.</summary>
    public int MostStringBytes { get; init => field = AtLeastOne(value); } = 256 << 20;

    /// <summary>Bytes that the names of all sections take together, where each is counted once; 64 MiB by default. Names may be
    /// parts of each other, so a small table can hold large ones many times over: more than 16 times the table is refused as
    /// well. At least 1.</summary>
    public int MostSectionNameBytes { get; init => field = AtLeastOne(value); } = 64 << 20;

    /// <summary>Bytes in one name, of a section, a symbol or a note's owner; 65,536 by default. At least 1.</summary>
    public int LongestName { get; init => field = AtLeastOne(value); } = 1 << 16;

    /// <summary>Symbols in one table; 4,194,304 by default, which are 96 MiB in a file. At least 1.</summary>
    public int MostSymbols { get; init => field = AtLeast(value, 1, Array.MaxLength / Wire.SymbolSize); } = 1 << 22;

    /// <summary>Bytes in the content of one note; 64 MiB by default. At least 1.</summary>
    public int LargestNote { get; init => field = AtLeastOne(value); } = 64 << 20;

    /// <summary>Notes; 1,048,576 by default. At least 1.</summary>
    public int MostNotes { get; init => field = AtLeastOne(value); } = 1 << 20;

    /// <summary>Bytes in all notes together, with their headers; 1 GiB by default. They are read one by one. At least
    /// 1.</summary>
    public long MostNoteBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 1L << 30;

    /// <summary>Entries of the dynamic table; 65,536 by default. At least 1.</summary>
    public int MostDynamicEntries { get; init => field = AtLeastOne(value); } = 1 << 16;

    /// <summary>Relocations of all kinds together, packed ones counted one by one; 1,048,576 by default. At least 1.</summary>
    public int MostRelocations { get; init => field = AtLeastOne(value); } = 1 << 20;

    /// <summary>Whether segments may lie past the end of the file, as in files of debug information that keep the program headers
    /// of the file they were split from. False by default. Core dumps may always be cut short: see
    /// <see cref="ElfFile.MissingBytes"/>.</summary>
    public bool AllowsMissingContent { get; init; }

    private static int AtLeastOne(int value) => AtLeast(value, 1, int.MaxValue);

    private static int AtLeast(int value, int least, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most);
        return value;
    }
}
