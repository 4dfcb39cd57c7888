using System.Globalization;
using Xunit;

namespace Lodge.Elf.Tests;

/// <summary>What the library reads from programs of the system's compiler is what the binary tools print.</summary>
public sealed class BinutilsTests(Programs programs) : IClassFixture<Programs>
{
    public static TheoryData<string> AllKinds => [.. Programs.Kinds];

    /// <summary>Those that a dynamic linker would relocate, by tables that sections name too.</summary>
    public static TheoryData<string> RelocatedKinds => ["dynamic", "static-pie", "shared", "stripped", "packed", "sysv-hash"];

    [Theory(SkipUnless = nameof(Toolchain.IsThere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    [MemberData(nameof(AllKinds))]
    public void Segments_AreThoseOfReadelf(string kind)
    {
        string path = programs.Make(kind);
        using var file = ElfFile.Open(path);
        Assert.Equal(ReadelfText.Segments(path), ReadelfText.Segments(file));
        Assert.Equal(file.Type == ElfType.Relocatable, file.Segments.Count == 0);
    }

    [Theory(SkipUnless = nameof(Toolchain.IsThere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    [MemberData(nameof(AllKinds))]
    public void Sections_AreThoseOfReadelf(string kind)
    {
        string path = programs.Make(kind);
        using var file = ElfFile.Open(path);
        string[] expected = ReadelfText.Sections(path);
        Assert.Equal(expected, ReadelfText.Sections(file));
        Assert.Equal(kind == "no-sections", expected.Length == 0);
    }

    [Theory(SkipUnless = nameof(Toolchain.IsThere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    [MemberData(nameof(AllKinds))]
    public void Symbols_AreThoseOfReadelf(string kind)
    {
        string path = programs.Make(kind);
        using var file = ElfFile.Open(path);
        string[] symbols = ReadelfText.Symbols(path, ".symtab");
        string[] dynamicSymbols = ReadelfText.Symbols(path, ".dynsym");
        if (symbols.Length == 0)
            symbols = dynamicSymbols;

        if (kind == "no-sections")
            symbols = dynamicSymbols = ReadelfText.Symbols(programs.Make("shared"), ".dynsym");

        if (kind == "debug-only")
            dynamicSymbols = [];

        Assert.NotEmpty(symbols);
        Assert.Equal(symbols, ReadelfText.Symbols(file, file.ReadSymbols()));
        Assert.Equal(dynamicSymbols, ReadelfText.Symbols(file, file.ReadDynamicSymbols()));
    }

    [Theory(SkipUnless = nameof(Toolchain.IsThere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    [MemberData(nameof(AllKinds))]
    public void Notes_AreThoseOfReadelf(string kind)
    {
        string path = programs.Make(kind);
        using var file = ElfFile.Open(path);
        Assert.Equal(ReadelfText.Notes(path), ReadelfText.Notes(file));
    }

    [Theory(SkipUnless = nameof(Toolchain.IsThere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    [MemberData(nameof(RelocatedKinds))]
    public void Relocations_AreThoseOfReadelf(string kind)
    {
        string path = programs.Make(kind);
        using var file = ElfFile.Open(path);
        string[] expected = ReadelfText.Relocations(path);
        ulong packedFrom = (ulong)expected.Count(line => !line.EndsWith("packed", StringComparison.Ordinal));
        Assert.Equal(expected, ReadelfText.Relocations(file.ReadRelocations(), packedFrom));
        Assert.Equal(kind == "packed", expected.Length != (int)packedFrom);
        Assert.NotEmpty(expected);
    }

    [Fact(SkipUnless = nameof(Toolchain.IsThere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    public void Relocations_ThatArePacked_HaveTheAddendsOfTheProgram()
    {
        using var file = ElfFile.Open(programs.Make("packed"));
        ElfSymbolTable symbols = file.ReadSymbols();
        Assert.True(symbols.TryFind("pointer", out ElfSymbol pointer));
        Assert.True(symbols.TryFind("table", out ElfSymbol table));
        ElfRelocation relocation = Assert.Single(file.ReadRelocations(), one => one.Offset == pointer.Address);
        Assert.Equal(ElfRelocationType.Relative, relocation.Type);
        Assert.Equal((long)table.Address + (3 * sizeof(int)), relocation.Addend);
    }

    [Theory(SkipUnless = nameof(Toolchain.IsThere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    [InlineData("dynamic")]
    [InlineData("static-pie")]
    [InlineData("static")]
    [InlineData("packed")]
    [InlineData("shared")]
    public void SymbolsByAddress_AreThoseThatNmPrintsThere(string kind)
    {
        string path = programs.Make(kind);
        using var file = ElfFile.Open(path);
        ElfSymbolTable symbols = file.ReadSymbols();
        (ulong Address, ulong Size, string Name)[] functions = Functions(path);
        Assert.NotEmpty(functions);
        foreach ((ulong address, ulong size, _) in functions)
        {
            // Aliases share an address, and some functions lie inside of others.
            ulong middle = address + (size / 2);
            string[] allowed = [.. Innermost(functions, middle)];
            Assert.True(symbols.TryFindByAddress(middle, out ElfSymbol symbol, out ulong offset));
            Assert.Contains(symbol.Name, allowed);
            Assert.Equal(middle, symbol.Address + offset);
            Assert.Equal($"{symbol.Name}{(offset == 0 ? "" : $"+0x{offset:x}")}", symbols.Describe(middle));
        }
    }

    [Theory(SkipUnless = nameof(Toolchain.IsThere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    [InlineData("dynamic")]
    [InlineData("static-pie")]
    [InlineData("shared")]
    public void SymbolsByName_AreThoseThatNmPrints(string kind)
    {
        string path = programs.Make(kind);
        using var file = ElfFile.Open(path);
        ElfSymbolTable symbols = file.ReadSymbols();
        ILookup<string, (ulong Address, ulong Size, string Name)> functions = Functions(path).ToLookup(function => function.Name);
        foreach (IGrouping<string, (ulong Address, ulong Size, string Name)> group in functions)
        {
            Assert.True(symbols.TryFind(group.Key, out ElfSymbol symbol), group.Key);
            Assert.Contains((symbol.Address, symbol.Size, symbol.Name), group);
        }

        Assert.False(symbols.TryFind("no such name", out _));
    }

    [Fact(SkipUnless = nameof(Toolchain.IsThere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    public void LabelInAssembly_ReachesToTheNextSymbol()
    {
        using var file = ElfFile.Open(programs.Make("dynamic"));
        ElfSymbolTable symbols = file.ReadSymbols();
        Assert.True(symbols.TryFind("bare_label", out ElfSymbol label));
        Assert.Equal(0UL, label.Size);
        Assert.Equal("bare_label+0x2", symbols.Describe(label.Address + 2));
    }

    [Fact(SkipUnless = nameof(Toolchain.IsThere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    public void MoreSectionsThan16BitsCount_HaveTheirSymbols()
    {
        using var file = ElfFile.Open(programs.Make("many-sections"));
        ElfSymbolTable symbols = file.ReadSymbols();
        Assert.True(file.Sections.Count > 0xff00);
        Assert.True(symbols.TryFind("f65399", out ElfSymbol last));
        Assert.Equal(".s65399", file.Sections[last.SectionIndex].Name);
        Assert.False(symbols.TryFindByAddress(0, out _, out _));
    }

    [Fact(SkipUnless = nameof(Toolchain.IsThere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    public void BuildId_IsTheOneThatReadelfPrints()
    {
        string path = programs.Make("dynamic");
        using var file = ElfFile.Open(path);
        ElfNote note = Assert.Single(file.Notes, note => note.Owner == "GNU" && note.Type == 3);
        string id = Convert.ToHexStringLower(note.Content.Span);
        Assert.Contains($"Build ID: {id}", HostProgram.Run("readelf", "-nW", path), StringComparison.Ordinal);
    }

    /// <summary>Most of the file is what nobody reads, but its section headers are at its end.</summary>
    [Fact(SkipUnless = nameof(Toolchain.IsThere), SkipType = typeof(Toolchain), Skip = Toolchain.Missing)]
    public void ProgramCutShort_AtEveryHundredthByte_IsRefusedInPart()
        => HostileInput.WithinAMinute(() =>
        {
            byte[] bytes = File.ReadAllBytes(programs.Make("dynamic"));
            for (int length = 0; length < bytes.Length; length += 101)
            {
                int cut = length;
                Assert.NotEqual(0, HostileInput.Check(bytes.AsMemory(0, length), () => $"Cut to {cut} bytes"));
            }
        });

    private static (ulong Address, ulong Size, string Name)[] Functions(string path) =>
    [
        .. HostProgram.Run("nm", "-S", "--defined-only", path).Split('\n')
            .Select(line => line.Split(' '))
            .Where(words => words.Length == 4 && words[2] is "T" or "t" or "W" or "i")
            .Where(words => words[1] != "0000000000000000")
            .Select(words => (Hex(words[0]), Hex(words[1]), words[3])),
    ];

    private static IEnumerable<string> Innermost((ulong Address, ulong Size, string Name)[] functions, ulong address)
    {
        var covering = functions
            .Where(function => address >= function.Address && address - function.Address < function.Size)
            .ToArray();
        ulong nearest = covering.Max(function => function.Address);
        return covering.Where(function => function.Address == nearest).Select(function => function.Name);
    }

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
