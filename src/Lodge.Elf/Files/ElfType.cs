namespace Lodge.Elf;

/// <summary>What kind of file it is: <c>e_type</c>. Any 16-bit value may occur.</summary>
public enum ElfType : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>An object file, for a linker.</summary>
    Relocatable = 1,

    /// <summary>An executable at fixed addresses.</summary>
    Executable = 2,

    /// <summary>A shared library, or an executable that may be loaded anywhere.</summary>
    Shared = 3,

    /// <summary>A core dump.</summary>
    Core = 4,
}
