namespace Lodge.Paging;

/// <summary>Who makes an access. Architectures with more privilege levels know two kinds of page, and so do these.</summary>
public enum Privilege : byte
{
    /// <summary>The kernel: x86-64 CPL 0 to 2, AArch64 EL1 and above, RISC-V S-mode.</summary>
    Supervisor = 0,

    /// <summary>A program: x86-64 CPL 3, AArch64 EL0, RISC-V U-mode.</summary>
    User,
}
