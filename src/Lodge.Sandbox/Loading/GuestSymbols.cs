using Lodge.Elf;

namespace Lodge.Sandbox;

/// <summary>The names of a guest's functions, which are looked for only when somebody asks.</summary>
internal sealed class GuestSymbols
{
    private readonly Lazy<ElfSymbolTable?> _symbols;
    private readonly ulong _slide;

    public GuestSymbols(ReadOnlyMemory<byte> file, ulong slide)
    {
        _slide = slide;
        _symbols = new Lazy<ElfSymbolTable?>(() => Read(file));
    }

    /// <summary>An address, as in <c>0x6234 (sha256_block+0x1c)</c> where there is a name for it.</summary>
    public string Describe(GuestAddress address)
        => _symbols.Value?.TryFindByAddress(address.Value - _slide, out _, out _) == true && address.Value >= _slide
            ? $"{address} ({_symbols.Value.Describe(address.Value - _slide)})"
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
