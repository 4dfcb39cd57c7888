using System.Collections;
using System.Text;

namespace Lodge.Elf;

/// <summary>The symbols of a file, in the file's order: the index here is the index there, and symbol 0 is empty.</summary>
/// <remarks>Names become strings when a symbol is asked for. Any number of threads may use a table, also after the file was
/// disposed of. The first lookup by name, and the first by address, sort the table; those after it do not.</remarks>
public sealed class ElfSymbolTable : IReadOnlyList<ElfSymbol>
{
    private readonly SymbolData _data;
    private readonly SymbolExtents? _extents;
    private SymbolNames? _names;
    private SymbolAddresses? _addresses;

    /// <param name="data">The symbols.</param>
    /// <param name="extents">Where they may reach to; null where their values are no addresses.</param>
    internal ElfSymbolTable(SymbolData data, SymbolExtents? extents)
    {
        _data = data;
        _extents = extents;
    }

    /// <summary>How many symbols there are.</summary>
    public int Count => _data.Count;

    /// <summary>The symbol with an index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public ElfSymbol this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            RawSymbol symbol = _data.Raw(index);
            return new ElfSymbol(
                Text.Decode(_data.NameOf(symbol)),
                symbol.Value,
                symbol.Size,
                symbol.Kind,
                symbol.Binding,
                symbol.Visibility,
                _data.SectionOf(index, symbol));
        }
    }

    /// <summary>Finds a symbol that this file defines by its exact name: a global one before a weak one before a local one, and
    /// the first of equals. Symbols of sections and source files are not found.</summary>
    public bool TryFind(string name, out ElfSymbol symbol)
    {
        ArgumentNullException.ThrowIfNull(name);
        _names ??= new SymbolNames(_data);
        return TryGet(_names.Find(Encoding.UTF8.GetBytes(name)), out symbol);
    }

    /// <summary>Finds the function, data or label that an address is in. A symbol whose size covers the address goes first; of
    /// several, the one that starts nearest below. A symbol without a size reaches to the next symbol or the end of its
    /// section.</summary>
    /// <param name="address">The address, before relocation.</param>
    /// <param name="symbol">The symbol.</param>
    /// <param name="offset">How far behind its start the address is.</param>
    /// <remarks>In object files, where values are no addresses, nothing is found.</remarks>
    public bool TryFindByAddress(ulong address, out ElfSymbol symbol, out ulong offset)
    {
        offset = 0;
        symbol = default;
        if (_extents is null)
            return false;

        _addresses ??= new SymbolAddresses(_data, _extents);
        if (!TryGet(_addresses.Find(address), out symbol))
            return false;

        offset = address - symbol.Address;
        return true;
    }

    /// <summary>An address for people: <c>sha256_block+0x1c</c>, or <c>0x1234</c> where no symbol is.</summary>
    /// <remarks>Fit for logs, whatever the file says: control characters are shown as question marks, and a name of more than 256
    /// characters is cut.</remarks>
    public string Describe(ulong address)
    {
        if (!TryFindByAddress(address, out ElfSymbol symbol, out ulong offset))
            return $"0x{address:x}";

        string name = Text.Printable(symbol.Name);
        return offset == 0 ? name : $"{name}+0x{offset:x}";
    }

    /// <inheritdoc/>
    public IEnumerator<ElfSymbol> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private bool TryGet(int index, out ElfSymbol symbol)
    {
        symbol = index >= 0 ? this[index] : default;
        return index >= 0;
    }
}
