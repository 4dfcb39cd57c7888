using Xunit;

namespace Lodge.Elf.Tests;

public sealed class ElfSymbolTableTests
{
    [Fact]
    public void Symbols_HaveTheirFields()
    {
        using var file = ElfFile.FromBytes(SmallElf.Create().Bytes);
        ElfSymbolTable symbols = file.ReadSymbols();
        Assert.Equal(SmallElf.SymbolCount, symbols.Count);
        Assert.Equal(default(ElfSymbol) with { Name = "" }, symbols[0]);
        Assert.Equal(
            new ElfSymbol("file.c", 0, 0, ElfSymbolKind.File, ElfSymbolBinding.Local, default, ElfSectionIndex.Absolute),
            symbols[1]);
        Assert.Equal(
            new ElfSymbol("alpha", SmallElf.Base + 0x100, 0x40, ElfSymbolKind.Function, ElfSymbolBinding.Global, default, 3),
            symbols[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => symbols[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => symbols[symbols.Count]);
    }

    [Fact]
    public void FindByAddress_PrefersSizesAndThenTheNearestBelow()
    {
        ElfSymbolTable symbols = SymbolFile.Read(
            SymbolFile.Function("outer", 0x1000, 0x100),
            SymbolFile.Function("inner", 0x1040, 0x10),
            SymbolFile.Function("label", 0x1080, 0),
            SymbolFile.Function("open", 0x1200, 0),
            SymbolFile.Function("next", 0x1300, 4),
            SymbolFile.Function("last", 0x1400, 0),
            SymbolFile.Function("end", 0x2000, 0));
        Assert.Equal("outer", symbols.Describe(0x1000));
        Assert.Equal("outer+0x3f", symbols.Describe(0x103f));
        Assert.Equal("inner+0xf", symbols.Describe(0x104f));
        Assert.Equal("outer+0x50", symbols.Describe(0x1050));
        Assert.Equal("outer+0x80", symbols.Describe(0x1080));
        Assert.Equal("label+0x80", symbols.Describe(0x1100));
        Assert.Equal("open+0xff", symbols.Describe(0x12ff));
        Assert.Equal("next+0x3", symbols.Describe(0x1303));
        Assert.Equal("0x1304", symbols.Describe(0x1304));
        Assert.Equal("last+0xbff", symbols.Describe(0x1fff));
        Assert.Equal("0x2000", symbols.Describe(0x2000));
        Assert.Equal("0xfff", symbols.Describe(0xfff));
        Assert.Equal("0xffffffffffffffff", symbols.Describe(ulong.MaxValue));
    }

    [Fact]
    public void FindByAddress_OfAliases_PrefersFunctionsAndGlobalOnes()
    {
        ElfSymbol function = SymbolFile.Function("f", 0x1000, 8);
        ElfSymbolTable symbols = SymbolFile.Read(
            function with { Name = "local", Binding = ElfSymbolBinding.Local },
            function with { Name = "weak", Binding = ElfSymbolBinding.Weak },
            function with { Name = "global" },
            function with { Name = "second" },
            function with { Name = "data", Kind = ElfSymbolKind.Object });
        Assert.Equal("global+0x1", symbols.Describe(0x1001));
    }

    [Theory]
    [InlineData(ElfSymbolKind.File, 1)]
    [InlineData(ElfSymbolKind.Section, 1)]
    [InlineData(ElfSymbolKind.ThreadLocal, 1)]
    [InlineData(ElfSymbolKind.Function, ElfSectionIndex.Undefined)]
    [InlineData(ElfSymbolKind.Function, ElfSectionIndex.Absolute)]
    [InlineData(ElfSymbolKind.Object, ElfSectionIndex.Common)]
    public void FindByAddress_PassesOverWhatHasNoAddress(ElfSymbolKind kind, int section)
    {
        ElfSymbol symbol = SymbolFile.Function("f", 0x1000, 8) with { Kind = kind, SectionIndex = section };
        ElfSymbolTable symbols = SymbolFile.Read(symbol);
        Assert.False(symbols.TryFindByAddress(0x1000, out _, out _));
    }

    [Fact]
    public void SizeBeyondTheLastAddress_ReachesToIt()
    {
        ElfSymbolTable symbols = SymbolFile.Read(SymbolFile.Function("f", ulong.MaxValue - 7, ulong.MaxValue));
        Assert.Equal("f+0x7", symbols.Describe(ulong.MaxValue));
        Assert.Equal("0x0", symbols.Describe(0));
    }

    /// <summary>Against a search through all symbols.</summary>
    [Fact]
    public void FindByAddress_GivesWhatANaiveSearchGives()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            ElfSymbol[] all = [.. Enumerable.Range(0, random.Next(1, 12)).Select(i => SymbolFile.Function(
                $"s{i}", 0x1000 + (ulong)random.Next(48), (ulong)Math.Max(0, random.Next(-8, 24))))];
            ElfSymbolTable symbols = SymbolFile.Read(all);
            for (ulong address = 0xff8; address < 0x1060; address++)
            {
                string expected = Naive(all, address);
                string found = symbols.TryFindByAddress(address, out ElfSymbol symbol, out _) ? symbol.Name : "";
                Assert.True(expected == found, $"Seed {seed}, address 0x{address:x}: '{found}', not '{expected}'");
            }
        }
    }

    [Fact]
    public void Find_PrefersGlobalOverWeakOverLocal()
    {
        ElfSymbol function = SymbolFile.Function("f", 0x1000, 8);
        ElfSymbolTable symbols = SymbolFile.Read(
            function with { SectionIndex = 0 },
            function with { Address = 1, Kind = ElfSymbolKind.File },
            function with { Address = 2, Binding = ElfSymbolBinding.Local },
            function with { Address = 3, Binding = ElfSymbolBinding.Weak },
            function with { Address = 4 },
            function with { Address = 5 },
            function with { Name = "ff", Address = 6 },
            function with { Name = "ü", Address = 7 },
            function with { Name = "import", SectionIndex = 0 });
        Assert.True(symbols.TryFind("f", out ElfSymbol found));
        Assert.Equal(4UL, found.Address);
        Assert.True(symbols.TryFind("ü", out found));
        Assert.Equal(7UL, found.Address);
        Assert.False(symbols.TryFind("import", out _));
        Assert.False(symbols.TryFind("fff", out _));
    }

    [Fact]
    public void Find_OfLongNamesThatBeginAlike_TellsThemApart()
    {
        string name = new('x', 1000);
        ElfSymbolTable symbols = SymbolFile.Read(
            SymbolFile.Function(name + "y", 1, 1), SymbolFile.Function(name, 2, 1), SymbolFile.Function(name + "z", 3, 1));
        Assert.True(symbols.TryFind(name, out ElfSymbol symbol));
        Assert.Equal(2UL, symbol.Address);
        Assert.True(symbols.TryFind(name + "z", out symbol));
        Assert.Equal(3UL, symbol.Address);
        Assert.False(symbols.TryFind(name[..999], out _));
    }

    [Fact]
    public void Describe_OfAHostileName_CommandsNoTerminal()
    {
        ElfSymbolTable symbols = SymbolFile.Read(
            SymbolFile.Function("\u001b[2Jgone\r\n", 0x1000, 8), SymbolFile.Function(new string('x', 10_000), 0x1100, 8));
        Assert.Equal("?[2Jgone??+0x4", symbols.Describe(0x1004));
        Assert.Equal(256 + 1 + 4, symbols.Describe(0x1104).Length);
        Assert.Equal("\u001b[2Jgone\r\n", symbols[0].Name);
    }

    [Fact]
    public void MillionSymbolsThatShareOneLongName_CostAsMuchAsTheFileHasBytes()
        => HostileInput.WithinAMinute(() =>
        {
            const int Count = 1_000_000;
            ElfSymbol symbol = SymbolFile.Function("", 0x1000, 4);
            var symbols = new ElfSymbol[Count];
            uint[] names = new uint[Count];
            for (int i = 0; i < Count; i++)
            {
                symbols[i] = symbol with { Address = (ulong)i * 2 };
                names[i] = (uint)(i % 60_000);
            }

            byte[] strings = new byte[65_536];
            strings.AsSpan(0, 65_535).Fill((byte)'x');
            byte[] bytes = SymbolFile.Create(symbols, names, strings);
            using var file = ElfFile.FromBytes(bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            ElfSymbolTable table = file.ReadSymbols();
            Assert.False(table.TryFind("y", out _));
            Assert.True(table.TryFindByAddress(0x1001, out _, out _));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16L * bytes.Length);

            strings[^1] = (byte)'x';
            Assert.Throws<ElfException>(ElfFile.FromBytes(SymbolFile.Create(symbols, names, strings)).ReadSymbols);
        });

    [Theory]
    [InlineData("section[1].sh_entsize", 23, "sh_entsize is 23; allowed is 24")]
    [InlineData("section[1].sh_size", 25, "no multiple of 24")]
    [InlineData("section[1].sh_size", 24UL << 32, "4294967296 symbols; allowed are 4194304")]
    [InlineData("section[1].sh_offset", ulong.MaxValue, "does not lie in the file")]
    [InlineData("section[1].sh_link", 3, "sh_link is 3, which is no string table")]
    [InlineData("section[1].sh_link", 77, "sh_link is 77")]
    [InlineData("section[2].sh_size", 3, "Symbol 1: st_name is 31, but section 2 (StringTable) has 3 bytes")]
    [InlineData("section[2].sh_size", 36, "Symbol 1: the name at 31")]
    [InlineData("symbol[3].st_name", 0x8000_0000, "Symbol 3: st_name is 2147483648")]
    [InlineData("symbol[3].st_shndx", 0xffff, "no section of extended indexes")]
    public void SymbolsThatCannotBe_AreRefusedWithTheirFieldAndValue(string field, ulong value, string message)
    {
        using var file = ElfFile.FromBytes(SmallElf.Create().With(field, value));
        var exception = Assert.Throws<ElfException>(file.ReadSymbols);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DynamicSymbols_AreCountedByEitherHashTable()
    {
        SmallElf elf = SmallElf.Create(withSections: false);
        ElfSymbolTable byHash = ElfFile.FromBytes(elf.Bytes).ReadSymbols();
        ElfSymbolTable byGnuHash = ElfFile.FromBytes(elf.With("DT_HASH.tag", 0x123)).ReadSymbols();
        Assert.Equal(SmallElf.SymbolCount, byHash.Count);
        Assert.Equal(byHash, byGnuHash);
        Assert.Equal("alpha+0x1", byHash.Describe(SmallElf.Base + 0x101));
        Assert.Equal("beta+0x3f", byHash.Describe(SmallElf.Base + 0x17f));

        byte[] bytes = elf.With("DT_HASH.tag", 0x123);
        SmallElf.Set(bytes, elf.Find("DT_GNU_HASH.tag"), 0x123);
        var exception = Assert.Throws<ElfException>(ElfFile.FromBytes(bytes).ReadSymbols);
        Assert.Contains("no hash table", exception.Message, StringComparison.Ordinal);
    }

    private static string Naive(ElfSymbol[] symbols, ulong address)
    {
        IEnumerable<ElfSymbol> covering = symbols.Where(
            symbol => address >= symbol.Address && address - symbol.Address < symbol.Size);
        if (!covering.Any())
        {
            // Only what starts at or nearest below the address may reach to it.
            IEnumerable<ElfSymbol> below = symbols.Where(symbol => symbol.Address <= address);
            ulong nearest = below.Any() ? below.Max(symbol => symbol.Address) : 0;
            covering = below.Where(symbol => symbol.Address == nearest && symbol.Size == 0);
        }

        return covering.OrderByDescending(symbol => symbol.Address).Select(symbol => symbol.Name).FirstOrDefault("");
    }
}
