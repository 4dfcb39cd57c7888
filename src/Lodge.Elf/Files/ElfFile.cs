namespace Lodge.Elf;

/// <summary>An ELF file that is read: an executable, a library, an object file, a core dump. 64-bit little-endian files
/// only.</summary>
/// <remarks>
/// <para>Nothing in a file is trusted. What cannot be is an <see cref="ElfException"/> that says which header and field; nothing
/// is allocated that the file is too short for or <see cref="ElfLimits"/> forbid.</para>
/// <para>A file on disk is read with positional reads and never mapped. It may be cut short meanwhile: what is missing then is an
/// <see cref="ElfException"/> for who asks for it. What the system cannot read is an <see cref="IOException"/>.</para>
/// <para>Any number of threads may use a file at the same time. After <see cref="Dispose"/>, reading is an
/// <see cref="ObjectDisposedException"/>; what was read before stays.</para>
/// </remarks>
public sealed partial class ElfFile : IDisposable
{
    private readonly ElfSource _source;
    private readonly ElfLimits _limits;
    private readonly ElfHeader _header;
    private readonly ElfSegment[] _segments;
    private AddressMap? _memory;
    private IReadOnlyList<ElfSection>? _sections;

    private ElfFile(ElfSource source, ElfLimits limits)
    {
        _source = source;
        _limits = limits;
        _header = ElfHeader.Read(source);
        _segments = ProgramHeaders.Read(source, _header, limits);
        Segments = Array.AsReadOnly(_segments);
        MissingBytes = CountMissing();
    }

    /// <summary>What kind of file it is.</summary>
    public ElfType Type => _header.Type;

    /// <summary>The architecture.</summary>
    public ElfMachine Machine => _header.Machine;

    /// <summary>The address where execution starts, before relocation; 0 where there is none. Nobody has checked that it lies in
    /// a segment.</summary>
    public ulong Entry => _header.Entry;

    /// <summary>Flags of the architecture's: <c>e_flags</c>.</summary>
    public uint Flags => _header.Flags;

    /// <summary>The system it is for: <c>EI_OSABI</c>; 0 for most, 3 for GNU extensions.</summary>
    public byte OsAbi => _header.OsAbi;

    /// <summary>The file's length in bytes, when it was opened.</summary>
    public long Length => _source.Length;

    /// <summary>The program headers, in the file's order.</summary>
    public IReadOnlyList<ElfSegment> Segments { get; }

    /// <summary>How many bytes the file is too short for all that its segments say lies in it: 0 for a whole file. A core dump
    /// may have been cut short, and what is there can be read. Other files that are cut short are not opened, unless
    /// <see cref="ElfLimits.AllowsMissingContent"/>.</summary>
    public long MissingBytes { get; }

    /// <summary>The sections, in the file's order; section 0 is empty. They are read when they are asked for, because executables
    /// and core dumps live without.</summary>
    /// <exception cref="ElfException">The table of sections or of their names is malformed, or beyond a limit.</exception>
    public IReadOnlyList<ElfSection> Sections
        => _sections ??= Array.AsReadOnly(SectionHeaders.Read(_source, _header, _limits));

    /// <summary>The notes of all note segments; of note sections in files without segments, as object files are. They are read
    /// one by one, while they are enumerated, and anew each time.</summary>
    /// <remarks>Enumerating throws <see cref="ElfException"/> where notes are malformed, cut short or beyond a limit; those
    /// before have been given out by then.</remarks>
    public IEnumerable<ElfNote> Notes => NoteReader.Read(_source, _limits, _segments, () => Sections);

    /// <summary>Opens a file and reads its headers. Others may write, replace or delete it meanwhile.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="limits">How much to take on; <see cref="ElfLimits.Default"/> if null.</param>
    /// <exception cref="ElfException">It is no ELF file that can be read.</exception>
    /// <exception cref="IOException">The system cannot read it. <see cref="UnauthorizedAccessException"/> and
    /// <see cref="NotSupportedException"/> (a pipe) occur as well.</exception>
    public static ElfFile Open(string path, ElfLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Open(FileSource.Open(path), limits);
    }

    /// <summary>Reads a file from memory. Nothing is copied: the bytes must stay, and stay the same, for as long as the file, or
    /// a symbol table from it, is used.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="limits">How much to take on; <see cref="ElfLimits.Default"/> if null.</param>
    /// <exception cref="ElfException">It is no ELF file that can be read.</exception>
    public static ElfFile FromBytes(ReadOnlyMemory<byte> bytes, ElfLimits? limits = null)
        => Open(new MemorySource(bytes), limits);

    /// <summary>The symbols: those of the section <c>.symtab</c>; where there is none, those of <c>.dynsym</c>; without sections,
    /// those that the dynamic table names. Empty for a file that is stripped of all.</summary>
    /// <exception cref="ElfException">A table is malformed, or beyond a limit.</exception>
    public ElfSymbolTable ReadSymbols() => new SymbolReader(this, _source, _limits).Read();

    /// <summary>The symbols that the dynamic table names, which relocations count in. Empty where there are none.</summary>
    /// <exception cref="ElfException">A table is malformed, lies outside of the segments, or is beyond a limit.</exception>
    public ElfSymbolTable ReadDynamicSymbols() => new SymbolReader(this, _source, _limits).ReadDynamic();

    /// <summary>The dynamic table, without the end. Empty where there is none.</summary>
    /// <exception cref="ElfException">The table is malformed, or beyond a limit.</exception>
    public IReadOnlyList<ElfDynamicEntry> ReadDynamic() => DynamicTable.Read(this, _source, _limits).Entries;

    /// <summary>The relocations that the dynamic table names: those of DT_RELA, then those of DT_JMPREL, then those of DT_RELR
    /// unpacked, whose addends are what the image holds there. Empty where there are none.</summary>
    /// <remarks>Relocations of object files, which only sections name, are not read.</remarks>
    /// <exception cref="ElfException">A table is malformed, lies outside of the segments, is beyond a limit, or holds relocations
    /// without addends (DT_REL).</exception>
    public IReadOnlyList<ElfRelocation> ReadRelocations() => new RelocationReader(this, _source, _limits).Read();

    /// <summary>Closes the file.</summary>
    public void Dispose() => _source.Dispose();

    private static ElfFile Open(ElfSource source, ElfLimits? limits)
    {
        try
        {
            return new ElfFile(source, limits ?? ElfLimits.Default);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private long CountMissing()
    {
        ulong end = 0;
        foreach (ElfSegment segment in _segments)
        {
            if (segment.Type != ElfSegmentType.Null && segment.FileSize != 0)
                end = Math.Max(end, segment.FileOffset + segment.FileSize);
        }

        return Math.Max(0, (long)end - Length);
    }
}
