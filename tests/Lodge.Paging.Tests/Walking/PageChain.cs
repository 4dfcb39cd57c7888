namespace Lodge.Paging.Tests;

/// <summary>One page of a format, with a table for each level above it. Tables have one entry, their first.</summary>
internal sealed class PageChain : IDisposable
{
    private readonly ulong[] _entryAddresses;

    /// <param name="format">The format.</param>
    /// <param name="leaf">The entry of the page.</param>
    /// <param name="leafLevel">The page's level.</param>
    /// <param name="tables">Rights of the memory that the tables lie in.</param>
    public PageChain(PageTableFormat format, ulong leaf, int leafLevel = 1, MemoryAccess tables = MemoryAccess.All)
    {
        Format = format;
        ulong rootBytes = Math.Max(format.Levels[0].TableBytes, format.PageSize.Bytes);
        ulong end = (2 * rootBytes) + ((ulong)format.Levels.Length * format.PageSize.Bytes);
        Memory = GuestMemory.Create(MemoryRegion.Anonymous(0, end, new RegionOptions { Permissions = tables }));
        int depth = format.Levels.Length - leafLevel + 1;
        _entryAddresses = new ulong[depth];
        for (int i = 0; i < depth; i++)
            _entryAddresses[i] = i == 0 ? rootBytes : (2 * rootBytes) + ((ulong)(i - 1) * format.PageSize.Bytes);

        for (int i = 0; i < depth - 1; i++)
        {
            if (!format.TryEncodeTable(format.Levels[i].Number, _entryAddresses[i + 1], out ulong table))
                throw new InvalidOperationException($"{format} has no table at 0x{_entryAddresses[i + 1]:x}.");

            this[format.Levels[i].Number] = table;
        }

        this[leafLevel] = leaf;
        Address = format.AddressForm == AddressForm.AllOnes ? ulong.MaxValue << format.InputBits : 0;
    }

    public PageTableFormat Format { get; }

    public GuestMemory Memory { get; }

    /// <summary>An address that the first entries of all tables translate.</summary>
    public ulong Address { get; }

    public TranslationRegime Regime => TranslationRegime.Of(new PageTable(Format, EntryAddress(Format.Levels.Length)));

    /// <summary>The entry of a level.</summary>
    public ulong this[int level]
    {
        get => Memory.Regions[0].GetHostSlice().Read<LittleEndian<ulong>>(EntryAddress(level));
        set => Memory.Regions[0].GetHostSlice().Write<LittleEndian<ulong>>(EntryAddress(level), value);
    }

    /// <summary>The entries, the root's first.</summary>
    public ulong[] Entries => [.. Enumerable.Range(0, _entryAddresses.Length).Select(i => this[Format.Levels.Length - i])];

    public ulong EntryAddress(int level) => _entryAddresses[Format.Levels.Length - level];

    public PageWalker Walker(AccessedDirty accessedDirty = AccessedDirty.Ignore, RegimeRules rules = RegimeRules.None)
        => Walker(Memory, accessedDirty, rules);

    /// <summary>A walker that sees the tables through another space.</summary>
    public PageWalker Walker(
        IAddressSpace space, AccessedDirty accessedDirty = AccessedDirty.Ignore, RegimeRules rules = RegimeRules.None)
        => new(
            space,
            TranslationRegime.Of(Regime.Lower!, rules),
            new PageWalkerOptions { AccessedDirty = accessedDirty });

    public void Dispose() => Memory.Dispose();
}
