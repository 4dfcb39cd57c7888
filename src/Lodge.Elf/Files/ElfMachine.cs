namespace Lodge.Elf;

/// <summary>The architecture: <c>e_machine</c>. Any 16-bit value may occur.</summary>
public enum ElfMachine : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Intel 80386.</summary>
    X86 = 3,

    /// <summary>64-bit PowerPC.</summary>
    PowerPc64 = 21,

    /// <summary>IBM System/390.</summary>
    S390 = 22,

    /// <summary>32-bit Arm.</summary>
    Arm = 40,

    /// <summary>AMD x86-64.</summary>
    X64 = 62,

    /// <summary>64-bit Arm.</summary>
    AArch64 = 183,

    /// <summary>RISC-V.</summary>
    RiscV = 243,

    /// <summary>Linux BPF.</summary>
    Bpf = 247,

    /// <summary>LoongArch.</summary>
    LoongArch = 258,
}
