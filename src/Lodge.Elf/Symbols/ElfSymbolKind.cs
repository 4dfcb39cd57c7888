namespace Lodge.Elf;

/// <summary>What a symbol names. Other values from 0 to 15 may occur.</summary>
public enum ElfSymbolKind : byte
{
    /// <summary>Not said: labels in assembly, symbols of linker scripts.</summary>
    NoType = 0,

    /// <summary>Data.</summary>
    Object = 1,

    /// <summary>A function.</summary>
    Function = 2,

    /// <summary>A section.</summary>
    Section = 3,

    /// <summary>A source file.</summary>
    File = 4,

    /// <summary>A block that the linker has yet to place.</summary>
    Common = 5,

    /// <summary>A thread-local variable.</summary>
    ThreadLocal = 6,

    /// <summary>A function that says, when it is called once, which function to use.</summary>
    IndirectFunction = 10,
}
