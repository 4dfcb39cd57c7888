namespace Lodge.Elf;

/// <summary>Finds symbols by name: buckets of chains, in two arrays whatever the names are.</summary>
internal sealed class SymbolNames
{
    // Enough of a name to tell it from others. A hostile table may hold millions of symbols that share one of 64 KiB.
    private const int MostHashed = 256;
    private const int None = -1;

    private readonly SymbolData _data;
    private readonly int[] _first;
    private readonly int[] _next;

    public SymbolNames(SymbolData data)
    {
        _data = data;
        _first = new int[Math.Max(1, data.Count)];
        _next = new int[data.Count];
        Array.Fill(_first, None);

        // From the end, so that chains are in the order of the table.
        for (int i = data.Count - 1; i >= 0; i--)
        {
            _next[i] = None;
            RawSymbol symbol = data.Raw(i);
            if (symbol.Section == ElfSectionIndex.Undefined || symbol.Kind is ElfSymbolKind.Section or ElfSymbolKind.File)
                continue;

            ref int first = ref _first[Bucket(data.StartOfName(symbol, MostHashed))];
            _next[i] = first;
            first = i;
        }
    }

    /// <summary>The symbol of a name: a global one before a weak one before a local one, and the first of equals.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        int found = None;
        int rank = None;
        for (int i = _first[Bucket(name)]; i != None; i = _next[i])
        {
            RawSymbol symbol = _data.Raw(i);
            if (SymbolRank.OfBinding(symbol.Binding) > rank && _data.IsNamed(symbol, name))
            {
                found = i;
                rank = SymbolRank.OfBinding(symbol.Binding);
            }
        }

        return found;
    }

    private int Bucket(ReadOnlySpan<byte> name)
    {
        var hash = default(HashCode);
        hash.AddBytes(name[..Math.Min(name.Length, MostHashed)]);
        return (int)((uint)hash.ToHashCode() % (uint)_first.Length);
    }
}
