namespace Lodge.Elf;

/// <summary>Types of relocations for x86-64: System V Application Binary Interface, AMD64 Architecture Processor Supplement, 4.4.
/// S is the value of the symbol, A the addend, B where the image lies, P the place that is changed.</summary>
public static class ElfRelocationType
{
    /// <summary>Nothing.</summary>
    public const uint None = 0;

    /// <summary>64 bits: S + A.</summary>
    public const uint R64 = 1;

    /// <summary>32 bits: S + A − P.</summary>
    public const uint Pc32 = 2;

    /// <summary>32 bits: the place in the global offset table.</summary>
    public const uint Got32 = 3;

    /// <summary>32 bits: L + A − P, where L is the place in the procedure linkage table.</summary>
    public const uint Plt32 = 4;

    /// <summary>The symbol's data, copied from the library that has it.</summary>
    public const uint Copy = 5;

    /// <summary>64 bits in the global offset table: S.</summary>
    public const uint GlobDat = 6;

    /// <summary>64 bits for the procedure linkage table: S.</summary>
    public const uint JumpSlot = 7;

    /// <summary>64 bits: B + A. All that a static position-independent program needs.</summary>
    public const uint Relative = 8;

    /// <summary>32 bits, extended with zeros: S + A.</summary>
    public const uint R32 = 10;

    /// <summary>32 bits, extended with the sign: S + A.</summary>
    public const uint R32Signed = 11;

    /// <summary>64 bits: the module of a thread-local variable.</summary>
    public const uint DtpMod64 = 16;

    /// <summary>64 bits: the place of a thread-local variable in its module.</summary>
    public const uint DtpOff64 = 17;

    /// <summary>64 bits: the place of a thread-local variable from the thread pointer.</summary>
    public const uint TpOff64 = 18;

    /// <summary>64 bits: S + A − P.</summary>
    public const uint Pc64 = 24;

    /// <summary>The descriptor of a thread-local variable.</summary>
    public const uint TlsDescriptor = 36;

    /// <summary>64 bits: what the function at B + A returns.</summary>
    public const uint IRelative = 37;
}
