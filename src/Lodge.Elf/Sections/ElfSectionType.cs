namespace Lodge.Elf;

/// <summary>What a section holds: <c>sh_type</c>. Any 32-bit value may occur.</summary>
public enum ElfSectionType : uint
{
    /// <summary>An entry that is not used.</summary>
    Null = 0,

    /// <summary>What the program makes of it: code, data.</summary>
    ProgramBits = 1,

    /// <summary>The symbol table.</summary>
    SymbolTable = 2,

    /// <summary>Strings.</summary>
    StringTable = 3,

    /// <summary>Relocations with addends.</summary>
    RelocationsWithAddends = 4,

    /// <summary>The hash table of the dynamic symbols.</summary>
    Hash = 5,

    /// <summary>The dynamic table.</summary>
    Dynamic = 6,

    /// <summary>Notes.</summary>
    Note = 7,

    /// <summary>Zeros, which take no room in the file.</summary>
    NoBits = 8,

    /// <summary>Relocations without addends.</summary>
    Relocations = 9,

    /// <summary>Reserved.</summary>
    SharedLibrary = 10,

    /// <summary>The symbols for the dynamic linker.</summary>
    DynamicSymbolTable = 11,

    /// <summary>Functions to call at the start.</summary>
    InitArray = 14,

    /// <summary>Functions to call at the end.</summary>
    FiniArray = 15,

    /// <summary>Functions to call before all others.</summary>
    PreInitArray = 16,

    /// <summary>A group of sections.</summary>
    Group = 17,

    /// <summary>Section indexes of symbols that have more than 16 bits.</summary>
    SymbolTableIndexes = 18,

    /// <summary>Packed relative relocations.</summary>
    PackedRelocations = 19,

    /// <summary>The GNU hash table of the dynamic symbols.</summary>
    GnuHash = 0x6fff_fff6,

    /// <summary>Versions that are defined.</summary>
    GnuVersionDefinitions = 0x6fff_fffd,

    /// <summary>Versions that are needed.</summary>
    GnuVersionNeeds = 0x6fff_fffe,

    /// <summary>Versions of symbols.</summary>
    GnuVersionSymbols = 0x6fff_ffff,
}
