namespace Lodge.Elf;

/// <summary>Who sees a symbol from outside of its executable or library.</summary>
public enum ElfSymbolVisibility : byte
{
    /// <summary>As its binding says.</summary>
    Default = 0,

    /// <summary>Nobody, in a way of the processor's.</summary>
    Internal = 1,

    /// <summary>Nobody.</summary>
    Hidden = 2,

    /// <summary>All, but nobody puts another in its place.</summary>
    Protected = 3,
}
