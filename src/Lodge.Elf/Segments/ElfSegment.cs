namespace Lodge.Elf;

/// <summary>A program header, <c>Elf64_Phdr</c>.</summary>
/// <param name="Type">What the segment is.</param>
/// <param name="Flags">What may be done with its memory.</param>
/// <param name="FileOffset">Where its bytes begin in the file.</param>
/// <param name="FileSize">How many bytes of it are in the file.</param>
/// <param name="VirtualAddress">Where it lies in virtual memory; in a file that may be loaded anywhere, relative to where it
/// is.</param>
/// <param name="PhysicalAddress">Where it lies in physical memory, in dumps of machines; elsewhere mostly the virtual
/// address.</param>
/// <param name="MemorySize">How many bytes it has in memory. Those that are not in the file are zero.</param>
/// <param name="Alignment">A power of two, to which address and file offset are congruent; 0 and 1 ask for nothing.</param>
public readonly record struct ElfSegment(
    ElfSegmentType Type,
    ElfSegmentFlags Flags,
    ulong FileOffset,
    ulong FileSize,
    ulong VirtualAddress,
    ulong PhysicalAddress,
    ulong MemorySize,
    ulong Alignment)
{
    /// <summary>How many bytes can be read: those of the memory, or of the file where a segment is no memory (notes of a core
    /// dump have no size in memory).</summary>
    public ulong Size => Math.Max(FileSize, MemorySize);
}
