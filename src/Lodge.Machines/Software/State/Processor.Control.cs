using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <content>Control registers, and what they make of translation.</content>
internal sealed unsafe partial class Processor
{
    // What CPUID says is there.
    private const ulong Cr0Known = Cr0ProtectionEnable | Cr0MonitorCoprocessor | Cr0Emulation | Cr0TaskSwitched | Cr0ExtensionType
        | Cr0NumericError | Cr0WriteProtect | Cr0AlignmentMask | Cr0NotWriteThrough | Cr0CacheDisable | Cr0Paging;

    private const ulong Cr4Known = Cr4TimeStampDisable | Cr4DebuggingExtensions | Cr4PageSizeExtension
        | Cr4PhysicalAddressExtension | (1UL << 6) | Cr4PageGlobal | (1UL << 8) | Cr4FxSave | Cr4SimdExceptions
        | Cr4UserModePrevention | Cr4FiveLevels | Cr4FsGsBase | Cr4Smep | Cr4Smap;

    // Those that change what translations mean.
    private const ulong Cr4OfPaging = Cr4PageSizeExtension
        | Cr4PhysicalAddressExtension | Cr4PageGlobal | Cr4FiveLevels | Cr4Smep | Cr4Smap;
    private const ulong Cr0OfPaging = Cr0ProtectionEnable | Cr0WriteProtect | Cr0Paging;

    private const ulong EferKnown = EferSyscall | EferLongModeEnable | EferLongModeActive | EferNoExecute;

    private RegimeWalkers? _walkers;

    // For GDT, LDT, IDT and TSS, to which SMAP applies whatever AC is (Intel SDM, volume 3, 4.6.1); usually the same.
    private RegimeWalkers? _tableWalkers;
    private ulong _pat = X64Options.DefaultPat;

    /// <summary>Why the registers are not those of 64-bit mode, or nothing where they are.</summary>
    private string? _modeProblem;

    /// <summary>Takes over all system registers.</summary>
    /// <exception cref="MachineException">One has bits that are not there.</exception>
    internal void SetSystem(in SystemRegisters registers)
    {
        RequireKnown("CR0", registers.Cr0, Cr0Known);
        RequireKnown("CR4", registers.Cr4, Cr4Known);
        RequireKnown("EFER", registers.Efer, EferKnown);
        GiveUpAccess();
        _system = registers;
        _registers[RegisterFile.FsBase] = registers.Fs.Base;
        _registers[RegisterFile.GsBase] = registers.Gs.Base;
        _privilegeLevel = registers.Ss.IsPresent ? registers.Ss.Dpl : registers.Cs.Selector & 3;
        _privilege = _privilegeLevel == UserLevel ? Privilege.User : Privilege.Supervisor;
        SelectTlb();
        SelectAddresses();
        UpdateRegime();
    }

    private static void RequireKnown(string name, ulong value, ulong known)
    {
        if ((value & ~known) != 0)
            throw new MachineException($"{name} 0x{value:x} has bits that this processor does not have: 0x{value & ~known:x}.");
    }

    internal SystemRegisters GetSystem() => _system with
    {
        Fs = GetSegment(SegmentName.Fs),
        Gs = GetSegment(SegmentName.Gs),
    };

    /// <summary>Makes the regime of what the registers say now, and forgets every translation.</summary>
    internal void UpdateRegime()
    {
        FlushTlb();
        _modeProblem = FindModeProblem();
        if (_modeProblem is not null)
            return;

        X64Registers registers = _system.ToPagingRegisters(_systemFlags) with
        {
            PhysicalAddressBits = ProcessorModel.PhysicalAddressBits,
            Pat = _pat,
        };
        if (!TranslationRegime.TryFromX64(registers, out TranslationRegime? regime, out _modeProblem))
            return;

        bool isLifted = (_system.Cr4 & Cr4Smap) != 0 && (_systemFlags & FlagAlignmentCheck) != 0;
        X64Registers ofTables = registers with { Rflags = _systemFlags & ~FlagAlignmentCheck };
        UseRegime(regime, isLifted ? TranslationRegime.FromX64(ofTables) : regime);
    }

    private void UseRegime(TranslationRegime regime, TranslationRegime tables)
    {
        _walkers = new RegimeWalkers(_memory, regime);
        _tableWalkers = ReferenceEquals(tables, regime) ? _walkers : new RegimeWalkers(_memory, tables);
    }

    private string? FindModeProblem()
    {
        if ((_system.Cr0 & (Cr0ProtectionEnable | Cr0Paging)) != (Cr0ProtectionEnable | Cr0Paging))
            return "the vCPU is in real mode or without paging: the software engine runs 64-bit mode only";

        if ((_system.Efer & EferLongModeActive) == 0 || (_system.Cr4 & Cr4PhysicalAddressExtension) == 0)
            return "the vCPU is in protected mode: the software engine runs 64-bit mode only";

        return _system.Cs.IsLong ? null : "the vCPU's code segment is not of 64-bit code: compatibility mode is not emulated";
    }

    /// <summary>Uses another root of the page tables.</summary>
    internal void SetCr3(ulong value)
    {
        _system.Cr3 = value;
        FlushTlb();
        ulong root = value & ProcessorModel.PhysicalAddressMask & TlbEntry.PageMask;
        TranslationRegime regime = _walkers!.Regime.WithRoot(root);
        UseRegime(regime, _tableWalkers == _walkers ? regime : _tableWalkers!.Regime.WithRoot(root));
    }

    /// <summary>Reads a control register.</summary>
    internal bool TryGetControl(int number, out ulong value)
    {
        value = number switch
        {
            0 => _system.Cr0,
            2 => _system.Cr2,
            3 => _system.Cr3,
            4 => _system.Cr4,
            _ => _system.Cr8,
        };
        return number is 0 or 2 or 3 or 4 or 8;
    }

    /// <summary>Writes a control register.</summary>
    /// <returns>False where the value is not allowed.</returns>
    internal bool TrySetControl(int number, ulong value)
    {
        switch (number)
        {
            case 0:
                return TrySetCr0(value);
            case 2:
                _system.Cr2 = value;
                return true;
            case 3:
                if ((value & ~ProcessorModel.PhysicalAddressMask) != 0)
                    return false;

                SetCr3(value);
                return true;
            case 4:
                return TrySetCr4(value);
            default:
                if (value > 15)
                    return false;

                _system.Cr8 = value;
                return true;
        }
    }

    internal bool TrySetCr0(ulong value)
    {
        // Paging cannot be turned off in 64-bit mode.
        bool isConsistent = (value & Cr0ProtectionEnable) != 0 && (value & Cr0Paging) != 0
            && ((value & Cr0NotWriteThrough) == 0 || (value & Cr0CacheDisable) != 0);
        if (!isConsistent || value >> 32 != 0)
            return false;

        value = (value & Cr0Known) | Cr0ExtensionType;
        bool changesPaging = ((_system.Cr0 ^ value) & Cr0OfPaging) != 0;
        _system.Cr0 = value;
        SelectTlb();
        if (changesPaging)
            UpdateRegime();

        return true;
    }

    private bool TrySetCr4(ulong value)
    {
        bool changesDepth = ((_system.Cr4 ^ value) & Cr4FiveLevels) != 0;
        if ((value & ~Cr4Known) != 0 || (value & Cr4PhysicalAddressExtension) == 0 || changesDepth)
            return false;

        bool changesPaging = ((_system.Cr4 ^ value) & Cr4OfPaging) != 0;
        _system.Cr4 = value;
        if (changesPaging)
            UpdateRegime();

        return true;
    }

    private bool TrySetEfer(ulong value)
    {
        if ((value & ~EferKnown) != 0 || ((_system.Efer ^ value) & EferLongModeEnable) != 0)
            return false;

        value = (value & ~EferLongModeActive) | (_system.Efer & EferLongModeActive);
        bool changesPaging = ((_system.Efer ^ value) & EferNoExecute) != 0;
        _system.Efer = value;
        if (changesPaging)
            UpdateRegime();

        return true;
    }

    /// <summary>Sets RFLAGS from what was on the stack: what the privilege level may change.</summary>
    internal void SetFlagsFromStack(ulong value, int size)
    {
        ulong changed = ControlBits.ArithmeticFlags | FlagTrap | FlagDirection | FlagNestedTask;
        if (size >= 4)
            changed |= FlagAlignmentCheck | FlagIdentification;

        if (_privilegeLevel == 0)
            changed |= FlagIoPrivilege;

        if (_privilegeLevel <= IoPrivilegeLevel)
            changed |= FlagInterrupt;

        ulong kept = Rflags & ~changed;
        SetAllFlags(kept | (value & changed));
    }

    /// <summary>Sets RFLAGS, with what its bits mean for translation and interrupts.</summary>
    internal void SetAllFlags(ulong value)
    {
        ulong before = _systemFlags;
        Rflags = value;
        NoteFlags(before);
    }

    /// <summary>Sets flags other than the arithmetic ones, with what they mean.</summary>
    internal void ChangeSystemFlags(ulong value)
    {
        ulong before = _systemFlags;
        SetSystemFlags(value);
        NoteFlags(before);
    }

    private void NoteFlags(ulong before)
    {
        ulong changed = before ^ _systemFlags;
        if ((changed & FlagAlignmentCheck) != 0)
            SelectTlb();

        if ((changed & FlagAlignmentCheck) != 0 && (_system.Cr4 & Cr4Smap) != 0)
            UpdateRegime();

        if ((_systemFlags & (FlagTrap | FlagInterrupt)) != 0)
            PayAttention();
    }

    internal int IoPrivilegeLevel => (int)(_systemFlags >> 12) & 3;
}
