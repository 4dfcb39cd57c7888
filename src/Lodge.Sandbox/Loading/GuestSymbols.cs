using Lodge.Dumps;
using Lodge.Elf;

namespace Lodge.Sandbox;

/// <summary>The names of a guest's functions, and where its file lies in memory: looked for only when somebody asks.</summary>
internal sealed class GuestSymbols
{
    // Names may be as long as a file likes.
    private const int MostNameChars = 256;

    // Read and sorted while somebody waits for a call that has died: a tenth of a second at most.
    private static readonly ElfLimits Limits = new() { MostSymbols = 1 << 18, MostStringBytes = 32 << 20 };

    private readonly Lazy<ElfSymbolTable?> _symbols;
    private readonly Lazy<LoadedProgram?> _program;

    public GuestSymbols(ReadOnlyMemory<byte> file, ulong slide)
    {
        File = file;
        Slide = slide;
        _symbols = new Lazy<ElfSymbolTable?>(() => Read(file, static elf => elf.ReadSymbols()));
        _program = new Lazy<LoadedProgram?>(() => Read(file, elf => Find(elf, slide)));
    }

    /// <summary>No names.</summary>
    public static GuestSymbols None { get; } = new(ReadOnlyMemory<byte>.Empty, slide: 0);

    /// <summary>The ELF file.</summary>
    public ReadOnlyMemory<byte> File { get; }

    /// <summary>By how much the file's addresses were moved when it was loaded, in bytes.</summary>
    public ulong Slide { get; }

    /// <summary>Where the guest's file lies, for debuggers; null where it says nothing of it.</summary>
    public LoadedProgram? Program => _program.Value;

    /// <summary>An address, with the name that there is for it.</summary>
    public GuestLocation Locate(GuestAddress address)
    {
        ulong offset = address.Value - Slide;
        if (address.Value < Slide || _symbols.Value?.TryFindByAddress(offset, out _, out _) != true)
            return new GuestLocation(address, null);

        string name = _symbols.Value.Describe(offset);
        return new GuestLocation(address, name.Length <= MostNameChars ? name : name[..MostNameChars] + "...");
    }

    private static LoadedProgram Find(ElfFile elf, ulong slide)
    {
        GuestAddress? headers = null;
        foreach (ElfSegment segment in elf.Segments)
        {
            if (segment.Type == ElfSegmentType.ProgramHeaders)
                headers = unchecked(segment.VirtualAddress + slide);
        }

        return new LoadedProgram
        {
            Entry = unchecked(elf.Entry + slide),
            ProgramHeaders = headers,
            ProgramHeaderCount = elf.Segments.Count,
        };
    }

    private static T? Read<T>(ReadOnlyMemory<byte> file, Func<ElfFile, T> read)
        where T : class
    {
        try
        {
            using ElfFile elf = ElfFile.FromBytes(file, Limits);
            return read(elf);
        }
        catch (ElfException)
        {
            // The guest runs all the same; it only has no names, and whoever opens a dump of it has to know where it lies.
            return null;
        }
    }
}
