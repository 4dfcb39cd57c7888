namespace Lodge.Machines;

/// <summary>The numbers of the model-specific registers that guests usually use (Intel SDM, volume 4).</summary>
public static class Msr
{
    /// <summary>The time-stamp counter.</summary>
    public const uint TimeStampCounter = 0x10;

    /// <summary>The APIC's base.</summary>
    public const uint ApicBase = 0x1B;

    /// <summary>CS of <c>sysenter</c>.</summary>
    public const uint SysenterCs = 0x174;

    /// <summary>RSP of <c>sysenter</c>.</summary>
    public const uint SysenterEsp = 0x175;

    /// <summary>RIP of <c>sysenter</c>.</summary>
    public const uint SysenterEip = 0x176;

    /// <summary>The memory types of page-table entries.</summary>
    public const uint Pat = 0x277;

    /// <summary>EFER.</summary>
    public const uint Efer = 0xC000_0080;

    /// <summary>The selectors of <c>syscall</c> and <c>sysret</c>.</summary>
    public const uint Star = 0xC000_0081;

    /// <summary>Where <c>syscall</c> goes to.</summary>
    public const uint Lstar = 0xC000_0082;

    /// <summary>Where <c>syscall</c> goes to from compatibility mode.</summary>
    public const uint Cstar = 0xC000_0083;

    /// <summary>The flags that <c>syscall</c> clears.</summary>
    public const uint SyscallMask = 0xC000_0084;

    /// <summary>The base of FS.</summary>
    public const uint FsBase = 0xC000_0100;

    /// <summary>The base of GS.</summary>
    public const uint GsBase = 0xC000_0101;

    /// <summary>What <c>swapgs</c> exchanges the base of GS with.</summary>
    public const uint KernelGsBase = 0xC000_0102;

    /// <summary>What <c>rdtscp</c> gives beside the time.</summary>
    public const uint TscAux = 0xC000_0103;
}
