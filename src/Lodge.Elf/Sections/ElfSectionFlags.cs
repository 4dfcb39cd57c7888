namespace Lodge.Elf;

/// <summary>What is special about a section: <c>sh_flags</c>. Other bits may be set as well.</summary>
[Flags]
public enum ElfSectionFlags : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is written while the program runs.</summary>
    Write = 1,

    /// <summary>It is in memory while the program runs.</summary>
    Allocated = 2,

    /// <summary>It holds instructions.</summary>
    Executable = 4,

    /// <summary>Equal contents may be merged.</summary>
    Merge = 0x10,

    /// <summary>It holds strings that end in a zero.</summary>
    Strings = 0x20,

    /// <summary>The info field is a section's index.</summary>
    InfoLink = 0x40,

    /// <summary>The linker keeps its order.</summary>
    LinkOrder = 0x80,

    /// <summary>It is a member of a group.</summary>
    Group = 0x200,

    /// <summary>It is thread-local storage.</summary>
    ThreadLocal = 0x400,

    /// <summary>Its content is compressed.</summary>
    Compressed = 0x800,
}
