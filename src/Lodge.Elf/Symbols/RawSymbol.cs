using System.Buffers.Binary;

namespace Lodge.Elf;

/// <summary>A symbol as it stands in the file.</summary>
internal readonly record struct RawSymbol(uint Name, byte Info, byte Other, ushort Section, ulong Value, ulong Size)
{
    public ElfSymbolKind Kind => (ElfSymbolKind)(Info & 0xf);

    public ElfSymbolBinding Binding => (ElfSymbolBinding)(Info >> 4);

    public ElfSymbolVisibility Visibility => (ElfSymbolVisibility)(Other & 3);

    public static RawSymbol Decode(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        bytes[4],
        bytes[5],
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
}
