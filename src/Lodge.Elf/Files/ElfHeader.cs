using System.Buffers.Binary;

namespace Lodge.Elf;

/// <summary>The header at the start of a file, after the checks that need nothing else. <c>Elf64_Ehdr</c>.</summary>
internal readonly record struct ElfHeader(
    byte OsAbi,
    ElfType Type,
    ElfMachine Machine,
    ulong Entry,
    ulong ProgramHeaderOffset,
    ulong SectionHeaderOffset,
    uint Flags,
    ushort ProgramHeaderSize,
    ushort ProgramHeaderCount,
    ushort SectionHeaderSize,
    ushort SectionCount,
    ushort SectionNamesIndex)
{
    private const byte Class64 = 2;
    private const byte LittleEndian = 1;
    private const byte CurrentVersion = 1;

    public static ElfHeader Read(ElfSource source)
    {
        Span<byte> bytes = stackalloc byte[Wire.HeaderSize];
        int read = source.Read(0, bytes);
        if (read < Wire.Magic.Length || !bytes[..Wire.Magic.Length].SequenceEqual(Wire.Magic))
        {
            throw source.Error($"It is no ELF file: its first 4 bytes are not 7f 45 4c 46 but "
                + $"{First(bytes[..Math.Min(read, 4)])}.");
        }

        if (read < Wire.HeaderSize)
            throw source.Error($"The ELF header has {Wire.HeaderSize} bytes, but the file ends after {read}.");

        RequireByte(source, bytes, 4, Class64, "EI_CLASS", "2: only 64-bit files are read");
        RequireByte(source, bytes, 5, LittleEndian, "EI_DATA", "1: only little-endian files are read");
        RequireByte(source, bytes, 6, CurrentVersion, "EI_VERSION", "1");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]);
        if (version != CurrentVersion)
            throw source.Error($"ELF header: e_version is {version}; allowed is 1.");

        ushort size = BinaryPrimitives.ReadUInt16LittleEndian(bytes[52..]);
        if (size != Wire.HeaderSize)
            throw source.Error($"ELF header: e_ehsize is {size}; allowed is {Wire.HeaderSize}.");

        return new ElfHeader(
            OsAbi: bytes[7],
            Type: (ElfType)BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]),
            Machine: (ElfMachine)BinaryPrimitives.ReadUInt16LittleEndian(bytes[18..]),
            Entry: BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            ProgramHeaderOffset: BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            SectionHeaderOffset: BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            Flags: BinaryPrimitives.ReadUInt32LittleEndian(bytes[48..]),
            ProgramHeaderSize: BinaryPrimitives.ReadUInt16LittleEndian(bytes[54..]),
            ProgramHeaderCount: BinaryPrimitives.ReadUInt16LittleEndian(bytes[56..]),
            SectionHeaderSize: BinaryPrimitives.ReadUInt16LittleEndian(bytes[58..]),
            SectionCount: BinaryPrimitives.ReadUInt16LittleEndian(bytes[60..]),
            SectionNamesIndex: BinaryPrimitives.ReadUInt16LittleEndian(bytes[62..]));
    }

    private static void RequireByte(
        ElfSource source, ReadOnlySpan<byte> bytes, int index, byte wanted, string field, string allowed)
    {
        if (bytes[index] != wanted)
            throw source.Error($"ELF header: {field} is {bytes[index]}; allowed is {allowed}.");
    }

    private static string First(ReadOnlySpan<byte> bytes)
        => bytes.IsEmpty ? "missing, as it is empty" : string.Join(' ', bytes.ToArray().Select(value => $"{value:x2}"));
}
