namespace Lodge.Elf;

/// <summary>A section header, <c>Elf64_Shdr</c>, with its name. What it says is not checked: a section may claim to lie where the
/// file does not reach, and is refused by who reads it.</summary>
/// <param name="Name">Its name; empty where it has none, or the file has no names. It may hold any characters.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Flags">What is special about it.</param>
/// <param name="Address">Where it lies in memory, or 0.</param>
/// <param name="FileOffset">Where it begins in the file.</param>
/// <param name="Size">Its size in bytes; in the file too, unless it is <see cref="ElfSectionType.NoBits"/>.</param>
/// <param name="Link">The index of a section that belongs to it; which one, its type says.</param>
/// <param name="Info">More; what, its type says.</param>
/// <param name="Alignment">What its address is aligned to; 0 and 1 ask for nothing.</param>
/// <param name="EntrySize">The size of an entry in bytes, where it is a table.</param>
public readonly record struct ElfSection(
    string Name,
    ElfSectionType Type,
    ElfSectionFlags Flags,
    ulong Address,
    ulong FileOffset,
    ulong Size,
    uint Link,
    uint Info,
    ulong Alignment,
    ulong EntrySize);
