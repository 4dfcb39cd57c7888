namespace Lodge.Dumps;

/// <summary>The registers of an x86-64 processor, as far as a dump has them.</summary>
public sealed record X64ProcessorState
{
    /// <summary>How many bytes <see cref="Fpu"/> has: those of <c>fxsave</c>.</summary>
    public const int FpuBytes = 512;

    /// <summary>RAX.</summary>
    public ulong Rax { get; init; }

    /// <summary>RBX.</summary>
    public ulong Rbx { get; init; }

    /// <summary>RCX.</summary>
    public ulong Rcx { get; init; }

    /// <summary>RDX.</summary>
    public ulong Rdx { get; init; }

    /// <summary>RSI.</summary>
    public ulong Rsi { get; init; }

    /// <summary>RDI.</summary>
    public ulong Rdi { get; init; }

    /// <summary>RSP.</summary>
    public ulong Rsp { get; init; }

    /// <summary>RBP.</summary>
    public ulong Rbp { get; init; }

    /// <summary>R8.</summary>
    public ulong R8 { get; init; }

    /// <summary>R9.</summary>
    public ulong R9 { get; init; }

    /// <summary>R10.</summary>
    public ulong R10 { get; init; }

    /// <summary>R11.</summary>
    public ulong R11 { get; init; }

    /// <summary>R12.</summary>
    public ulong R12 { get; init; }

    /// <summary>R13.</summary>
    public ulong R13 { get; init; }

    /// <summary>R14.</summary>
    public ulong R14 { get; init; }

    /// <summary>R15.</summary>
    public ulong R15 { get; init; }

    /// <summary>RIP.</summary>
    public ulong Rip { get; init; }

    /// <summary>RFLAGS.</summary>
    public ulong Rflags { get; init; }

    /// <summary>The selector in CS.</summary>
    public ushort Cs { get; init; }

    /// <summary>The selector in DS.</summary>
    public ushort Ds { get; init; }

    /// <summary>The selector in ES.</summary>
    public ushort Es { get; init; }

    /// <summary>The selector in FS.</summary>
    public ushort Fs { get; init; }

    /// <summary>The selector in GS.</summary>
    public ushort Gs { get; init; }

    /// <summary>The selector in SS.</summary>
    public ushort Ss { get; init; }

    /// <summary>The base address of FS.</summary>
    public ulong FsBase { get; init; }

    /// <summary>The base address of GS.</summary>
    public ulong GsBase { get; init; }

    /// <summary>CR0.</summary>
    public ulong Cr0 { get; init; }

    /// <summary>CR2, the address of the last page fault.</summary>
    public ulong Cr2 { get; init; }

    /// <summary>CR3, the root of the page tables.</summary>
    public ulong Cr3 { get; init; }

    /// <summary>CR4.</summary>
    public ulong Cr4 { get; init; }

    /// <summary>EFER.</summary>
    public ulong Efer { get; init; }

    /// <summary>The guest-virtual address of the global descriptor table.</summary>
    public ulong GdtBase { get; init; }

    /// <summary>Its bytes less 1.</summary>
    public ushort GdtLimit { get; init; }

    /// <summary>The guest-virtual address of the interrupt descriptor table.</summary>
    public ulong IdtBase { get; init; }

    /// <summary>Its bytes less 1.</summary>
    public ushort IdtLimit { get; init; }

    /// <summary>The x87 and SSE registers as <c>fxsave</c> writes them in 64-bit mode (Intel SDM, volume 1, 10.5.1):
    /// <see cref="FpuBytes"/> bytes, or none where they are not known.</summary>
    public ReadOnlyMemory<byte> Fpu { get; init; }

    /// <summary>The registers that decide how addresses are translated, for who looks at memory from outside: SMAP, which keeps a
    /// supervisor from its users' pages, is left out.</summary>
    public X64Registers ToPagingRegisters()
    {
        const ulong Smap = 1 << 21;
        return new X64Registers { Cr0 = Cr0, Cr3 = Cr3, Cr4 = Cr4 & ~Smap, Efer = Efer, Rflags = Rflags };
    }
}
