namespace Lodge.Elf;

/// <summary>What a segment is: <c>p_type</c>. Any 32-bit value may occur.</summary>
public enum ElfSegmentType : uint
{
    /// <summary>An entry that is not used.</summary>
    Null = 0,

    /// <summary>Memory: part of the image of a program, or of what was dumped.</summary>
    Load = 1,

    /// <summary>The dynamic table.</summary>
    Dynamic = 2,

    /// <summary>The path of the program interpreter.</summary>
    Interpreter = 3,

    /// <summary>Notes.</summary>
    Note = 4,

    /// <summary>Reserved.</summary>
    SharedLibrary = 5,

    /// <summary>The program headers themselves.</summary>
    ProgramHeaders = 6,

    /// <summary>The template of thread-local storage.</summary>
    ThreadLocal = 7,

    /// <summary>The sorted table of frame descriptions.</summary>
    GnuEhFrame = 0x6474_e550,

    /// <summary>Its flags say whether the stack is executable.</summary>
    GnuStack = 0x6474_e551,

    /// <summary>What is read-only after relocation.</summary>
    GnuRelro = 0x6474_e552,

    /// <summary>The property note.</summary>
    GnuProperty = 0x6474_e553,
}
