namespace Lodge.Elf;

/// <summary>Sizes and marks of ELF64 on disk: System V Application Binary Interface, chapters 4 and 5.</summary>
internal static class Wire
{
    public const int HeaderSize = 64;

    public const int ProgramHeaderSize = 56;

    public const int SectionHeaderSize = 64;

    public const int SymbolSize = 24;

    public const int RelocationSize = 24;

    public const int DynamicEntrySize = 16;

    public const int NoteHeaderSize = 12;

    /// <summary>In <c>e_phnum</c>: the number stands in <c>sh_info</c> of section header 0.</summary>
    public const ushort ManyProgramHeaders = 0xffff;

    /// <summary>In <c>e_shstrndx</c> and <c>st_shndx</c>: the index stands elsewhere, as it has more than 16 bits.</summary>
    public const ushort ExtendedIndex = 0xffff;

    /// <summary>Section indexes from here on mean something else than a section.</summary>
    public const ushort FirstReservedIndex = 0xff00;

    public static ReadOnlySpan<byte> Magic => [0x7f, (byte)'E', (byte)'L', (byte)'F'];
}
