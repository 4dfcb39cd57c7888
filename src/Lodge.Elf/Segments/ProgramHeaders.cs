using System.Buffers.Binary;
using System.Numerics;

namespace Lodge.Elf;

/// <summary>Reads and checks the program headers.</summary>
internal static class ProgramHeaders
{
    public static ElfSegment[] Read(ElfSource source, in ElfHeader header, ElfLimits limits)
    {
        uint count = Count(source, header);
        if (count == 0)
            return [];

        if (header.ProgramHeaderSize != Wire.ProgramHeaderSize)
            throw source.Error($"ELF header: e_phentsize is {header.ProgramHeaderSize}; allowed is {Wire.ProgramHeaderSize}.");

        if (count > (uint)limits.MostProgramHeaders)
        {
            throw source.Error(
                $"There are {count} program headers; allowed are {limits.MostProgramHeaders} (ElfLimits.MostProgramHeaders).");
        }

        var table = new TableReader(
            source, header.ProgramHeaderOffset, count, Wire.ProgramHeaderSize, "The program header table");
        var segments = new ElfSegment[count];
        bool mayMiss = header.Type == ElfType.Core || limits.AllowsMissingContent;
        for (int i = 0; table.TryRead(out ReadOnlySpan<byte> entry); i++)
        {
            segments[i] = Decode(entry);
            if (Problem(segments[i], header.Type == ElfType.Core) is { } problem)
                throw source.Error($"Program header {i} ({segments[i].Type}): {problem}");

            if (!mayMiss && segments[i].FileSize != 0 && !source.Contains(segments[i].FileOffset, segments[i].FileSize))
            {
                throw source.Error($"Program header {i} ({segments[i].Type}): p_offset 0x{segments[i].FileOffset:x} and p_filesz "
                    + $"0x{segments[i].FileSize:x} do not lie in the file, which has 0x{source.Length:x} bytes.");
            }
        }

        return segments;
    }

    /// <summary>What no file may say in a program header; null where all is well.</summary>
    /// <remarks>Core dumps are read for what they hold and loaded by nobody, and writers of them set alignments as they
    /// like.</remarks>
    public static string? Problem(in ElfSegment segment, bool isCore)
    {
        // An entry that is not used has no meaning at all.
        if (segment.Type == ElfSegmentType.Null)
            return null;

        if (segment.FileOffset > long.MaxValue || segment.FileSize > long.MaxValue - segment.FileOffset)
        {
            return $"p_offset 0x{segment.FileOffset:x} and p_filesz 0x{segment.FileSize:x} add up to more than 2^63 - 1.";
        }

        if (segment.MemorySize != 0 && segment.MemorySize - 1 > ulong.MaxValue - segment.VirtualAddress)
            return $"p_vaddr 0x{segment.VirtualAddress:x} and p_memsz 0x{segment.MemorySize:x} add up to more than 2^64.";

        if (segment.Type != ElfSegmentType.Load)
            return null;

        if (segment.FileSize > segment.MemorySize)
            return $"p_filesz is 0x{segment.FileSize:x}, more than p_memsz 0x{segment.MemorySize:x}.";

        return isCore ? null : AlignmentProblem(segment);
    }

    private static string? AlignmentProblem(in ElfSegment segment)
    {
        if (segment.Alignment <= 1)
            return null;

        if (!BitOperations.IsPow2(segment.Alignment))
            return $"p_align is 0x{segment.Alignment:x}; allowed are 0 and powers of two.";

        return ((segment.VirtualAddress ^ segment.FileOffset) & (segment.Alignment - 1)) == 0 || segment.FileSize == 0 ? null
            : $"p_vaddr 0x{segment.VirtualAddress:x} and p_offset 0x{segment.FileOffset:x} are not congruent modulo p_align "
            + $"0x{segment.Alignment:x}.";
    }

    private static uint Count(ElfSource source, in ElfHeader header)
    {
        if (header.ProgramHeaderCount != Wire.ManyProgramHeaders)
            return header.ProgramHeaderCount;

        if (header.SectionHeaderOffset == 0)
        {
            throw source.Error("ELF header: e_phnum is 0xffff, which says that section header 0 has the number, but e_shoff is "
                + "0: there is none.");
        }

        uint count = SectionHeaders.ReadFirst(source, header).Info;
        return count != 0 ? count
            : throw source.Error("Section header 0: sh_info is 0, but e_phnum 0xffff says that it is the number of program "
                + "headers.");
    }

    private static ElfSegment Decode(ReadOnlySpan<byte> bytes) => new(
        (ElfSegmentType)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (ElfSegmentFlags)BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]));
}
