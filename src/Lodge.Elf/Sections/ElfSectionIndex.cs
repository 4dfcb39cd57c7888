namespace Lodge.Elf;

/// <summary>What <see cref="ElfSymbol.SectionIndex"/> says where it is no section's index. The reserved indexes of a file, 0xff00
/// to 0xffff, are negative there: files of more sections have real ones of the same value.</summary>
public static class ElfSectionIndex
{
    /// <summary>The symbol is defined elsewhere: <c>SHN_UNDEF</c>.</summary>
    public const int Undefined = 0;

    /// <summary>The symbol is a number, not a place: <c>SHN_ABS</c>, 0xfff1.</summary>
    public const int Absolute = -15;

    /// <summary>The symbol is a block that the linker has yet to place: <c>SHN_COMMON</c>, 0xfff2.</summary>
    public const int Common = -14;
}
