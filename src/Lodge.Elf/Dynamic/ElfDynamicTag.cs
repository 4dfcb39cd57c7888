namespace Lodge.Elf;

/// <summary>What an entry of the dynamic table says: <c>d_tag</c>. Any 64-bit value may occur.</summary>
public enum ElfDynamicTag : long
{
    /// <summary>The end of the table.</summary>
    Null = 0,

    /// <summary>A library that is needed: the offset of its name in the string table.</summary>
    Needed = 1,

    /// <summary>Bytes of relocations for the procedure linkage table.</summary>
    PltRelocationsSize = 2,

    /// <summary>The address of the hash table.</summary>
    Hash = 4,

    /// <summary>The address of the string table.</summary>
    StringTable = 5,

    /// <summary>The address of the symbol table.</summary>
    SymbolTable = 6,

    /// <summary>The address of relocations with addends.</summary>
    Rela = 7,

    /// <summary>Their size in bytes.</summary>
    RelaSize = 8,

    /// <summary>The size of one.</summary>
    RelaEntrySize = 9,

    /// <summary>The size of the string table in bytes.</summary>
    StringTableSize = 10,

    /// <summary>The size of a symbol.</summary>
    SymbolEntrySize = 11,

    /// <summary>The address of a function to call at the start.</summary>
    Init = 12,

    /// <summary>The address of a function to call at the end.</summary>
    Fini = 13,

    /// <summary>The name of this library.</summary>
    SharedObjectName = 14,

    /// <summary>The address of relocations without addends.</summary>
    Rel = 17,

    /// <summary>Their size in bytes.</summary>
    RelSize = 18,

    /// <summary>The size of one.</summary>
    RelEntrySize = 19,

    /// <summary>The kind of the procedure linkage table's relocations: <see cref="Rela"/> or <see cref="Rel"/>.</summary>
    PltRelocationsKind = 20,

    /// <summary>Relocations change segments that are not writable.</summary>
    TextRelocations = 22,

    /// <summary>The address of the procedure linkage table's relocations.</summary>
    PltRelocations = 23,

    /// <summary>Addresses of functions to call at the start.</summary>
    InitArray = 25,

    /// <summary>Flags.</summary>
    Flags = 30,

    /// <summary>The size of the packed relative relocations in bytes.</summary>
    RelrSize = 35,

    /// <summary>The address of packed relative relocations.</summary>
    Relr = 36,

    /// <summary>The size of one word of them.</summary>
    RelrEntrySize = 37,

    /// <summary>The address of the GNU hash table.</summary>
    GnuHash = 0x6fff_fef5,

    /// <summary>More flags.</summary>
    Flags1 = 0x6fff_fffb,
}
