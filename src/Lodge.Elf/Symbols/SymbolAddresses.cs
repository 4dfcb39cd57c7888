namespace Lodge.Elf;

/// <summary>Finds symbols by address, in logarithmic time.</summary>
internal sealed class SymbolAddresses
{
    private readonly AddressMap _sized;
    private readonly AddressMap _unsized;

    /// <param name="data">The symbols.</param>
    /// <param name="extents">Up to where a section or segment reaches.</param>
    public SymbolAddresses(SymbolData data, SymbolExtents extents)
    {
        var sized = new List<AddressMap.Range>();
        var unsized = new List<AddressMap.Range>();
        for (int i = 0; i < data.Count; i++)
        {
            RawSymbol symbol = data.Raw(i);
            if (!HasAddress(symbol) || !data.HasName(symbol))
                continue;

            if (symbol.Size == 0)
                unsized.Add(new AddressMap.Range(symbol.Value, symbol.Value, i, SymbolRank.Of(symbol)));
            else
                sized.Add(new AddressMap.Range(symbol.Value, Last(symbol), i, SymbolRank.Of(symbol)));
        }

        _sized = AddressMap.Build(sized);
        _unsized = AddressMap.Build(Extend(data, extents, unsized, sized));
    }

    /// <summary>The symbol whose size covers an address; else the one without a size that reaches to it; else −1.</summary>
    public int Find(ulong address)
        => _sized.TryFind(address, out int symbol, out _) || _unsized.TryFind(address, out symbol, out _) ? symbol : -1;

    /// <summary>Functions, data and labels that this file has. Absolute ones are numbers as often as
    /// addresses.</summary>
    private static bool HasAddress(in RawSymbol symbol)
        => symbol.Kind is ElfSymbolKind.Function or ElfSymbolKind.IndirectFunction or ElfSymbolKind.Object or ElfSymbolKind.NoType
            && symbol.Section is (> 0 and < Wire.FirstReservedIndex) or Wire.ExtendedIndex;

    private static ulong Last(in RawSymbol symbol)
        => symbol.Size - 1 <= ulong.MaxValue - symbol.Value ? symbol.Value + (symbol.Size - 1) : ulong.MaxValue;

    /// <summary>Lets symbols without a size reach to the next symbol of any kind, and no farther than what they are in.</summary>
    private static List<AddressMap.Range> Extend(
        SymbolData data, SymbolExtents extents, List<AddressMap.Range> unsized, List<AddressMap.Range> sized)
    {
        ulong[] starts = new ulong[unsized.Count + sized.Count];
        for (int i = 0; i < unsized.Count; i++)
            starts[i] = unsized[i].First;

        for (int i = 0; i < sized.Count; i++)
            starts[unsized.Count + i] = sized[i].First;

        Array.Sort(starts);
        var extended = new List<AddressMap.Range>(unsized.Count);
        foreach (AddressMap.Range range in unsized)
        {
            RawSymbol symbol = data.Raw(range.Value);
            if (!extents.TryGetLast(data.SectionOf(range.Value, symbol), range.First, out ulong last))
                continue;

            int next = FirstAbove(starts, range.First);
            extended.Add(range with { Last = next < starts.Length ? Math.Min(last, starts[next] - 1) : last });
        }

        return extended;
    }

    private static int FirstAbove(ulong[] sorted, ulong value)
    {
        int low = 0;
        int high = sorted.Length;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (sorted[middle] <= value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
