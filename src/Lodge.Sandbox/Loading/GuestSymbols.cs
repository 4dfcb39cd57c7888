using Lodge.Elf;

namespace Lodge.Sandbox;

/// <summary>The names of a guest's functions, which are looked for only when somebody asks.</summary>
internal sealed class GuestSymbols
{
    private readonly Lazy<ElfSymbolTable?> _symbols;

    public GuestSymbols(ReadOnlyMemory<byte> file, ulong slide)
    {
        File = file;
        Slide = slide;
        _symbols = new Lazy<ElfSymbolTable?>(() => Read(file));
    }

    /// <summary>No names.</summary>
    public static GuestSymbols None { get; } = new(ReadOnlyMemory<byte>.Empty, slide: 0);

    /// <summary>The ELF file.</summary>
    public ReadOnlyMemory<byte> File { get; }

    /// <summary>By how much the file's addresses were moved when it was loaded, in bytes.</summary>
    public ulong Slide { get; }

    /// <summary>An address, as in <c>0x6234 (sha256_block+0x1c)</c> where there is a name for it.</summary>
    public string Describe(GuestAddress address)
        => _symbols.Value?.TryFindByAddress(address.Value - Slide, out _, out _) == true && address.Value >= Slide
            ? $"{address} ({_symbols.Value.Describe(address.Value - Slide)})"
            : $"{address}";

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
