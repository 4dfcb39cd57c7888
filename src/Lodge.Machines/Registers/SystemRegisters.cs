namespace Lodge.Machines;

/// <summary>The registers that only the kernel of a guest changes.</summary>
public record struct SystemRegisters
{
    /// <summary>CS.</summary>
    public SegmentRegister Cs { get; set; }

    /// <summary>DS.</summary>
    public SegmentRegister Ds { get; set; }

    /// <summary>ES.</summary>
    public SegmentRegister Es { get; set; }

    /// <summary>FS.</summary>
    public SegmentRegister Fs { get; set; }

    /// <summary>GS.</summary>
    public SegmentRegister Gs { get; set; }

    /// <summary>SS.</summary>
    public SegmentRegister Ss { get; set; }

    /// <summary>TR, the task-state segment.</summary>
    public SegmentRegister Tr { get; set; }

    /// <summary>LDTR, the local descriptor table.</summary>
    public SegmentRegister Ldt { get; set; }

    /// <summary>GDTR.</summary>
    public DescriptorTable Gdt { get; set; }

    /// <summary>IDTR.</summary>
    public DescriptorTable Idt { get; set; }

    /// <summary>CR0.</summary>
    public ulong Cr0 { get; set; }

    /// <summary>CR2, the address of the last page fault.</summary>
    public ulong Cr2 { get; set; }

    /// <summary>CR3, the root of the page tables.</summary>
    public ulong Cr3 { get; set; }

    /// <summary>CR4.</summary>
    public ulong Cr4 { get; set; }

    /// <summary>CR8, the task priority.</summary>
    public ulong Cr8 { get; set; }

    /// <summary>EFER.</summary>
    public ulong Efer { get; set; }

    /// <summary>The APIC's base register.</summary>
    public ulong ApicBase { get; set; }

    /// <summary>64-bit mode in flat segments, with paging, SSE and <c>syscall</c> on; no descriptor tables.</summary>
    /// <param name="pageTableRoot">The guest-physical address of the root of the page tables, four levels.</param>
    /// <param name="privilegeLevel">The ring, 0 to 3.</param>
    public static SystemRegisters LongMode(GuestAddress pageTableRoot, int privilegeLevel = 0) => new()
    {
        Cs = SegmentRegister.Code64(Selector(1, privilegeLevel), privilegeLevel),
        Ds = SegmentRegister.Data(Selector(2, privilegeLevel), privilegeLevel),
        Es = SegmentRegister.Data(Selector(2, privilegeLevel), privilegeLevel),
        Fs = SegmentRegister.Data(Selector(2, privilegeLevel), privilegeLevel),
        Gs = SegmentRegister.Data(Selector(2, privilegeLevel), privilegeLevel),
        Ss = SegmentRegister.Data(Selector(2, privilegeLevel), privilegeLevel),
        Tr = SegmentRegister.TaskState64(selector: 0, GuestAddress.Zero),
        Cr0 = ControlBits.Cr0ProtectionEnable | ControlBits.Cr0MonitorCoprocessor | ControlBits.Cr0ExtensionType
            | ControlBits.Cr0NumericError | ControlBits.Cr0WriteProtect | ControlBits.Cr0Paging,
        Cr3 = pageTableRoot.Value,
        Cr4 = ControlBits.Cr4PhysicalAddressExtension | ControlBits.Cr4PageGlobal | ControlBits.Cr4FxSave
            | ControlBits.Cr4SimdExceptions,
        Efer = ControlBits.EferSyscall
            | ControlBits.EferLongModeEnable
            | ControlBits.EferLongModeActive
            | ControlBits.EferNoExecute,
        ApicBase = 0xFEE0_0900,
    };

    /// <summary>What decides how addresses are translated, for <see cref="TranslationRegime.FromX64"/>.</summary>
    /// <param name="rflags">RFLAGS, of which AC counts.</param>
    public readonly X64Registers ToPagingRegisters(ulong rflags = GeneralRegisters.FixedFlags)
        => new() { Cr0 = Cr0, Cr3 = Cr3, Cr4 = Cr4, Efer = Efer, Rflags = rflags };

    private static ushort Selector(int index, int privilegeLevel) => (ushort)((index << 3) | privilegeLevel);
}
