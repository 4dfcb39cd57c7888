using Lodge.Dumps;
using Lodge.Elf;

namespace Lodge.Sandbox;

/// <summary>The names of a guest's functions, and where its file lies in memory: looked for only when somebody asks.</summary>
internal sealed class GuestSymbols
{
    // Names may be as long as a file likes.
    private const int MostNameChars = 256;

    private readonly Lazy<ElfSymbolTable?> _symbols;
    private readonly Lazy<LoadedProgram?> _program;

    public GuestSymbols(ReadOnlyMemory<byte> file, ulong slide)
    {
        File = file;
        Slide = slide;
        _symbols = new Lazy<ElfSymbolTable?>(() => Read(file));
        _program = new Lazy<LoadedProgram?>(() => Find(file, slide));
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

    private static LoadedProgram? Find(ReadOnlyMemory<byte> file, ulong slide)
    {
        try
        {
            using ElfFile elf = ElfFile.FromBytes(file);
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
        catch (ElfException)
        {
            // As with names: whoever opens the dump has to know the address.
            return null;
        }
    }

    private static ElfSymbolTable? Read(ReadOnlyMemory<byte> file)
    {
        try
        {
            using ElfFile elf = ElfFile.FromBytes(file);
            return elf.ReadSymbols();
        }
        catch (ElfException)
        {
            // The guest runs all the same; it only has no names.
            return null;
        }
    }
}
