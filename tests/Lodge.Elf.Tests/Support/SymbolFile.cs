using System.Buffers.Binary;
using System.Text;

namespace Lodge.Elf.Tests;

/// <summary>Makes files of nothing but symbols: a text section at 0x1000 of 0x1000 bytes, and a symbol table.</summary>
internal static class SymbolFile
{
    public const ulong TextStart = 0x1000;
    public const ulong TextSize = 0x1000;

    private const int HeaderSize = 64;

    public static ElfSymbol Function(string name, ulong address, ulong size, ElfSymbolBinding binding = ElfSymbolBinding.Global)
        => new(name, address, size, ElfSymbolKind.Function, binding, ElfSymbolVisibility.Default, 1);

    public static ElfSymbolTable Read(params ElfSymbol[] symbols)
    {
        using var file = ElfFile.FromBytes(Create(symbols));
        return file.ReadSymbols();
    }

    public static byte[] Create(params ElfSymbol[] symbols)
    {
        var names = new MemoryStream();
        names.WriteByte(0);
        uint[] offsets = new uint[symbols.Length];
        for (int i = 0; i < symbols.Length; i++)
        {
            offsets[i] = symbols[i].Name.Length == 0 ? 0 : (uint)names.Position;
            if (offsets[i] != 0)
                names.Write(Encoding.UTF8.GetBytes(symbols[i].Name + '\0'));
        }

        return Create(symbols, offsets, names.ToArray());
    }

    /// <param name="symbols">The symbols; their names do not count.</param>
    /// <param name="nameOffsets">Where the names are.</param>
    /// <param name="names">The string table.</param>
    public static byte[] Create(ElfSymbol[] symbols, uint[] nameOffsets, byte[] names)
    {
        int symbolsSize = symbols.Length * 24;
        byte[] bytes = new byte[HeaderSize + symbolsSize + names.Length + (4 * 64)];
        Span<byte> header = bytes;
        ReadOnlySpan<byte> ident = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        ident.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], 62);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], (ulong)(HeaderSize + symbolsSize + names.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(header[52..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[58..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(header[60..], 4);
        for (int i = 0; i < symbols.Length; i++)
            Write(header.Slice(HeaderSize + (i * 24), 24), symbols[i], nameOffsets[i]);

        names.CopyTo(header[(HeaderSize + symbolsSize)..]);
        Span<byte> sections = header[(HeaderSize + symbolsSize + names.Length)..];
        Section(sections[64..], ElfSectionType.ProgramBits, TextStart, 0, (int)TextSize, 0, 0);
        Section(sections[128..], ElfSectionType.SymbolTable, 0, HeaderSize, symbolsSize, 3, 24);
        Section(sections[192..], ElfSectionType.StringTable, 0, HeaderSize + symbolsSize, names.Length, 0, 0);
        return bytes;
    }

    private static void Write(Span<byte> bytes, ElfSymbol symbol, uint name)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, name);
        bytes[4] = (byte)((int)symbol.Binding << 4 | (int)symbol.Kind);
        bytes[5] = (byte)symbol.Visibility;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], (ushort)symbol.SectionIndex);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], symbol.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], symbol.Size);
    }

    private static void Section(
        Span<byte> bytes, ElfSectionType type, ulong address, int offset, int size, int link, int entrySize)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], (uint)type);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], (ulong)offset);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], (ulong)size);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[40..], (uint)link);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[56..], (ulong)entrySize);
    }
}
