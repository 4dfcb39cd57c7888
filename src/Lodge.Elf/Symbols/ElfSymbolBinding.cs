namespace Lodge.Elf;

/// <summary>Who sees a symbol while linking. Other values from 0 to 15 may occur.</summary>
public enum ElfSymbolBinding : byte
{
    /// <summary>Its own object file.</summary>
    Local = 0,

    /// <summary>All files.</summary>
    Global = 1,

    /// <summary>All files, and global ones go first.</summary>
    Weak = 2,

    /// <summary>All files, and there is one of the name in the whole process.</summary>
    Unique = 10,
}
