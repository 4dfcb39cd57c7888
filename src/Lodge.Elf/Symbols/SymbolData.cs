using System.Buffers.Binary;

namespace Lodge.Elf;

/// <summary>The bytes of a symbol table and of its names, checked: every name is in the table and ends there. Names become
/// strings when they are asked for, because many symbols may share one long name.</summary>
internal sealed class SymbolData
{
    private readonly ReadOnlyMemory<byte> _symbols;
    private readonly ReadOnlyMemory<byte> _indexes;
    private readonly StringTable _strings;

    private SymbolData(ReadOnlyMemory<byte> symbols, ReadOnlyMemory<byte> indexes, StringTable strings)
    {
        _symbols = symbols;
        _indexes = indexes;
        _strings = strings;
        Count = symbols.Length / Wire.SymbolSize;
    }

    public int Count { get; }

    public static SymbolData Empty(ElfSource source) => new(default, default, StringTable.Empty(source));

    /// <param name="source">The file.</param>
    /// <param name="symbols">The symbols.</param>
    /// <param name="indexes">A section index of 32 bits for each; empty where none has so many.</param>
    /// <param name="strings">The names.</param>
    public static SymbolData Checked(
        ElfSource source, ReadOnlyMemory<byte> symbols, ReadOnlyMemory<byte> indexes, StringTable strings)
    {
        var data = new SymbolData(symbols, indexes, strings);
        AddressMap faults = strings.FindFaults();
        for (int i = 0; i < data.Count; i++)
        {
            RawSymbol symbol = data.Raw(i);
            if (symbol.Name >= (uint)strings.Length || faults.TryFind(symbol.Name, out _, out _))
                strings.Find(symbol.Name, "Symbol", i, "st_name");

            if (symbol.Section != Wire.ExtendedIndex)
                continue;

            if (indexes.IsEmpty)
                throw source.Error($"Symbol {i}: st_shndx is 0xffff, but the file has no section of extended indexes.");

            if (data.ExtendedIndex(i) > int.MaxValue)
            {
                throw source.Error($"Symbol {i}: its extended section index is 0x{data.ExtendedIndex(i):x}; allowed is "
                    + "0x7fffffff.");
            }
        }

        return data;
    }

    public RawSymbol Raw(int index) => RawSymbol.Decode(_symbols.Span.Slice(index * Wire.SymbolSize, Wire.SymbolSize));

    public ReadOnlySpan<byte> NameOf(in RawSymbol symbol) => _strings.Get(symbol.Name);

    public bool HasName(in RawSymbol symbol) => !_strings.Peek(symbol.Name, 1).IsEmpty;

    public ReadOnlySpan<byte> StartOfName(in RawSymbol symbol, int most) => _strings.Peek(symbol.Name, most);

    public bool IsNamed(in RawSymbol symbol, ReadOnlySpan<byte> name) => _strings.Is(symbol.Name, name);

    public int SectionOf(int index, in RawSymbol symbol)
        => symbol.Section == Wire.ExtendedIndex ? (int)ExtendedIndex(index)
            : symbol.Section >= Wire.FirstReservedIndex ? (short)symbol.Section
            : symbol.Section;

    private uint ExtendedIndex(int index) => BinaryPrimitives.ReadUInt32LittleEndian(_indexes.Span[(index * sizeof(uint))..]);
}
