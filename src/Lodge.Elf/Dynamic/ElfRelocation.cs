namespace Lodge.Elf;

/// <summary>A relocation with its addend, <c>Elf64_Rela</c>.</summary>
/// <param name="Offset">The address of what has to be changed. Nobody has checked that it lies in a segment.</param>
/// <param name="Type">How it is computed, in the numbers of the architecture: <see cref="ElfRelocationType"/> for x86-64.</param>
/// <param name="Symbol">The index of a symbol in <see cref="ElfFile.ReadDynamicSymbols"/>, or 0. Nobody has checked that there is
/// one.</param>
/// <param name="Addend">The number that is added.</param>
public readonly record struct ElfRelocation(ulong Offset, uint Type, uint Symbol, long Addend);
