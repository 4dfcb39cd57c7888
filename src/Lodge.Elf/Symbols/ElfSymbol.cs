namespace Lodge.Elf;

/// <summary>A symbol, <c>Elf64_Sym</c>, with its name.</summary>
/// <param name="Name">Its name, as the linker knows it; it may hold any characters.</param>
/// <param name="Address">Its address before relocation. In an object file its offset in the section, for a thread-local variable
/// in the template, for <see cref="ElfSectionIndex.Absolute"/> any number.</param>
/// <param name="Size">Its size in bytes; 0 where that is not known.</param>
/// <param name="Kind">What it names.</param>
/// <param name="Binding">Who sees it while linking.</param>
/// <param name="Visibility">Who sees it from outside.</param>
/// <param name="SectionIndex">Where it is defined: an index in <see cref="ElfFile.Sections"/>, or one of
/// <see cref="ElfSectionIndex"/>.</param>
public readonly record struct ElfSymbol(
    string Name,
    ulong Address,
    ulong Size,
    ElfSymbolKind Kind,
    ElfSymbolBinding Binding,
    ElfSymbolVisibility Visibility,
    int SectionIndex)
{
    /// <summary>Whether it is defined in this file.</summary>
    public bool IsDefined => SectionIndex != ElfSectionIndex.Undefined;
}
