namespace Lodge.Elf;

/// <summary>An entry of the dynamic table, <c>Elf64_Dyn</c>.</summary>
/// <param name="Tag">What it says.</param>
/// <param name="Value">A number, or an address before relocation.</param>
public readonly record struct ElfDynamicEntry(ElfDynamicTag Tag, ulong Value);
