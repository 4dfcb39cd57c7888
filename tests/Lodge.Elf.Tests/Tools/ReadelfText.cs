using System.Globalization;
using System.Text.RegularExpressions;

namespace Lodge.Elf.Tests;

/// <summary>Files as lines of text: those that readelf prints, and the same from an <see cref="ElfFile"/>. Runs of spaces are
/// one.</summary>
internal static partial class ReadelfText
{
    public static string[] Segments(string path)
        => Lines(HostProgram.Run("readelf", "-lW", path), SegmentLine());

    public static string[] Segments(ElfFile file) => [.. file.Segments.Select(segment => OneSpace(
        $"{SegmentName(segment.Type)} 0x{segment.FileOffset:x6} 0x{segment.VirtualAddress:x16} 0x{segment.PhysicalAddress:x16} "
        + $"0x{segment.FileSize:x6} 0x{segment.MemorySize:x6} {SegmentFlags(segment.Flags)} {HexMarked(segment.Alignment)}"))];

    public static string[] Sections(string path)
        => Lines(HostProgram.Run("readelf", "-SW", path), SectionLine());

    public static string[] Sections(ElfFile file) => [.. file.Sections.Select((section, i) => OneSpace(
        $"[{i,2}] {section.Name} {SectionName(section.Type)} {section.Address:x16} {section.FileOffset:x6} {section.Size:x6} "
        + $"{section.EntrySize:x2} {SectionFlags(section.Flags)} {section.Link} {section.Info} {section.Alignment}"))];

    /// <summary>The symbols of one table, without versions.</summary>
    public static string[] Symbols(string path, string table)
    {
        string text = HostProgram.Run("readelf", "-sW", path);
        int start = text.IndexOf($"Symbol table '{table}'", StringComparison.Ordinal);
        if (start < 0)
            return [];

        int end = text.IndexOf("Symbol table '", start + 1, StringComparison.Ordinal);
        return [.. Lines(end < 0 ? text[start..] : text[start..end], SymbolLine()).Select(WithoutVersion)];
    }

    public static string[] Symbols(ElfFile file, ElfSymbolTable symbols)
        => [.. symbols.Select((symbol, i) => WithoutVersion(OneSpace(SymbolText(file, symbol, i))))];

    /// <summary>Address, type and symbol as one word, and addend; the addend is missing where readelf prints packed
    /// ones.</summary>
    public static string[] Relocations(string path)
    {
        string[] lines = HostProgram.Run("readelf", "-rW", path).Split('\n');
        return
        [
            .. lines.Select(line => RelocationLine().Match(line)).Where(match => match.Success).Select(match =>
                $"{match.Groups[1].Value} {match.Groups[2].Value} {Addend(match.Groups[3].Value):x}"),
            .. lines.Where(line => PackedRelocationLine().IsMatch(line)).Select(line => $"{line} packed"),
        ];
    }

    public static string[] Relocations(IEnumerable<ElfRelocation> relocations, ulong packedFrom) =>
    [
        .. relocations.Select((relocation, i) => (ulong)i >= packedFrom ? $"{relocation.Offset:x16} packed"
            : $"{relocation.Offset:x16} {((ulong)relocation.Symbol << 32) | relocation.Type:x16} {relocation.Addend:x}"),
    ];

    /// <summary>Owner and size.</summary>
    public static string[] Notes(string path)
        => [.. HostProgram.Run("readelf", "-nW", path).Split('\n').Select(line => NoteLine().Match(line))
            .Where(match => match.Success).Select(match => OneSpace(match.Value))];

    public static string[] Notes(ElfFile file) => [.. file.Notes.Select(note => $"{note.Owner} 0x{note.Content.Length:x8}")];

    private static string[] Lines(string text, Regex line)
        => [.. text.Split('\n').Where(one => line.IsMatch(one)).Select(OneSpace)];

    private static string OneSpace(string text) => Spaces().Replace(text, " ").Trim();

    private static string WithoutVersion(string line) => line.Split('@')[0].TrimEnd();

    private static string HexMarked(ulong value) => value == 0 ? "0" : $"0x{value:x}";

    private static string SegmentFlags(ElfSegmentFlags flags)
        => (flags.HasFlag(ElfSegmentFlags.Read) ? "R" : " ") + (flags.HasFlag(ElfSegmentFlags.Write) ? "W" : " ")
            + (flags.HasFlag(ElfSegmentFlags.Execute) ? "E" : " ");

    private static string SegmentName(ElfSegmentType type) => type switch
    {
        ElfSegmentType.ProgramHeaders => "PHDR",
        ElfSegmentType.Interpreter => "INTERP",
        ElfSegmentType.ThreadLocal => "TLS",
        ElfSegmentType.GnuEhFrame => "GNU_EH_FRAME",
        ElfSegmentType.GnuStack => "GNU_STACK",
        ElfSegmentType.GnuRelro => "GNU_RELRO",
        ElfSegmentType.GnuProperty => "GNU_PROPERTY",
        _ => type.ToString().ToUpperInvariant(),
    };

    private static string SectionName(ElfSectionType type) => type switch
    {
        ElfSectionType.ProgramBits => "PROGBITS",
        ElfSectionType.SymbolTable => "SYMTAB",
        ElfSectionType.StringTable => "STRTAB",
        ElfSectionType.RelocationsWithAddends => "RELA",
        ElfSectionType.DynamicSymbolTable => "DYNSYM",
        ElfSectionType.InitArray => "INIT_ARRAY",
        ElfSectionType.FiniArray => "FINI_ARRAY",
        ElfSectionType.PreInitArray => "PREINIT_ARRAY",
        ElfSectionType.SymbolTableIndexes => "SYMTAB SECTION INDICES",
        ElfSectionType.PackedRelocations => "RELR",
        ElfSectionType.GnuHash => "GNU_HASH",
        ElfSectionType.GnuVersionDefinitions => "VERDEF",
        ElfSectionType.GnuVersionNeeds => "VERNEED",
        ElfSectionType.GnuVersionSymbols => "VERSYM",
        _ => type.ToString().ToUpperInvariant(),
    };

    private static string SectionFlags(ElfSectionFlags flags)
    {
        (ElfSectionFlags Flag, char Letter)[] letters =
        [
            (ElfSectionFlags.Write, 'W'), (ElfSectionFlags.Allocated, 'A'), (ElfSectionFlags.Executable, 'X'),
            (ElfSectionFlags.Merge, 'M'), (ElfSectionFlags.Strings, 'S'), (ElfSectionFlags.InfoLink, 'I'),
            (ElfSectionFlags.LinkOrder, 'L'), (ElfSectionFlags.Group, 'G'), (ElfSectionFlags.ThreadLocal, 'T'),
            (ElfSectionFlags.Compressed, 'C'), ((ElfSectionFlags)0x20_0000, 'R'),
        ];
        return string.Concat(letters.Where(pair => flags.HasFlag(pair.Flag)).Select(pair => pair.Letter));
    }

    private static string SymbolText(ElfFile file, ElfSymbol symbol, int index)
        => $"{index}: {symbol.Address:x16} {SymbolSize(symbol.Size)} {SymbolKind(symbol.Kind)} "
            + $"{symbol.Binding.ToString().ToUpperInvariant()} {symbol.Visibility.ToString().ToUpperInvariant()} "
            + $"{SymbolSection(symbol.SectionIndex)} {SymbolName(file, symbol)}";

    private static string SymbolSize(ulong size)
        => size <= 99_999 ? size.ToString(CultureInfo.InvariantCulture) : $"0x{size:x}";

    private static string SymbolKind(ElfSymbolKind kind) => kind switch
    {
        ElfSymbolKind.Function => "FUNC",
        ElfSymbolKind.ThreadLocal => "TLS",
        ElfSymbolKind.IndirectFunction => "IFUNC",
        _ => kind.ToString().ToUpperInvariant(),
    };

    private static string SymbolSection(int index) => index switch
    {
        ElfSectionIndex.Undefined => "UND",
        ElfSectionIndex.Absolute => "ABS",
        ElfSectionIndex.Common => "COM",
        _ => index.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>readelf shows a section's symbol under the section's name.</summary>
    private static string SymbolName(ElfFile file, ElfSymbol symbol)
        => symbol.Kind == ElfSymbolKind.Section && symbol.Name.Length == 0 ? file.Sections[symbol.SectionIndex].Name
            : symbol.Name;

    /// <summary>What stands behind the type: a number, or a symbol's value, its name, a sign and a number.</summary>
    private static long Addend(string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long value = words.Length == 0 ? 0 : long.Parse(words[^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return words.Length > 1 && words[^2] == "-" ? -value : value;
    }

    [GeneratedRegex(@"^  \S+ +0x[0-9a-f]+ 0x[0-9a-f]{16} 0x")]
    private static partial Regex SegmentLine();

    [GeneratedRegex(@"^  \[ *\d+\] ")]
    private static partial Regex SectionLine();

    [GeneratedRegex(@"^ *\d+: [0-9a-f]{16} ")]
    private static partial Regex SymbolLine();

    [GeneratedRegex(@"^([0-9a-f]{16})  ([0-9a-f]{16}) \S+ *(.*)$")]
    private static partial Regex RelocationLine();

    [GeneratedRegex("^[0-9a-f]{16}$")]
    private static partial Regex PackedRelocationLine();

    [GeneratedRegex(@"^  \S+ +0x[0-9a-f]{8}")]
    private static partial Regex NoteLine();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
