namespace Lodge.Elf;

/// <summary>Which of several symbols is meant.</summary>
internal static class SymbolRank
{
    public static int OfBinding(ElfSymbolBinding binding) => binding switch
    {
        ElfSymbolBinding.Global or ElfSymbolBinding.Unique => 2,
        ElfSymbolBinding.Weak => 1,
        _ => 0,
    };

    /// <summary>Of symbols at the same address: functions before data before labels, and then by binding.</summary>
    public static int Of(in RawSymbol symbol)
    {
        int kind = symbol.Kind switch
        {
            ElfSymbolKind.Function or ElfSymbolKind.IndirectFunction => 2,
            ElfSymbolKind.Object => 1,
            _ => 0,
        };
        return (kind * 4) + OfBinding(symbol.Binding);
    }
}
