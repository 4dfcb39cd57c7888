using System.Buffers.Binary;

namespace Lodge.Elf;

/// <summary>A section header as it stands in the file.</summary>
internal readonly record struct SectionHeader(
    uint Name,
    ElfSectionType Type,
    ElfSectionFlags Flags,
    ulong Address,
    ulong FileOffset,
    ulong Size,
    uint Link,
    uint Info,
    ulong Alignment,
    ulong EntrySize)
{
    public static SectionHeader Decode(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (ElfSectionType)BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        (ElfSectionFlags)BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[44..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[56..]));

    public ElfSection Named(string name)
        => new(name, Type, Flags, Address, FileOffset, Size, Link, Info, Alignment, EntrySize);
}
