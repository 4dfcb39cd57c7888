namespace Lodge.Machines;

/// <content>Segments and the descriptors that they are loaded from (Intel SDM, volume 3, 3.4 and 5).</content>
internal sealed unsafe partial class Processor
{
    internal const int UserLevel = 3;

    private const int TaskStateRsp = 4;
    private const int TaskStateIst = 36;
    private const int TableIndicator = 4;
    private const int TypeCode = 8;
    private const int TypeReadable = 2;
    private const int TypeWritable = 2;
    private const int TypeConforming = 4;
    private const int TypeAccessed = 1;
    private const int TypeAvailableTask64 = 9;
    private const int TypeBusyTask64 = 11;
    private const int TypeLdt = 2;
    private const int TypeCallGate64 = 12;

    private SystemRegisters _system;
    private int _privilegeLevel;
    private Privilege _privilege;
    private ulong _kernelGsBase;

    /// <summary>The current privilege level.</summary>
    internal int PrivilegeLevel => _privilegeLevel;

    /// <summary>What the host sees of the system registers.</summary>
    internal ref SystemRegisters System => ref _system;

    internal ref ulong KernelGsBase => ref _kernelGsBase;

    /// <summary>Sees to it that an instruction is executed in ring 0 only.</summary>
    internal bool IsKernel => _privilegeLevel == 0;

    /// <summary>Changes the current privilege level.</summary>
    private void ChangePrivilegeLevel(int level)
    {
        if (level == _privilegeLevel)
            return;

        _privilegeLevel = level;
        Privilege privilege = level == UserLevel ? Privilege.User : Privilege.Supervisor;
        if (privilege != _privilege)
        {
            _privilege = privilege;
            SelectTlb();
            SelectAddresses();
        }
    }

    /// <summary>Reads a descriptor.</summary>
    /// <returns>False where the selector names none; then the exception is noted.</returns>
    private bool TryReadDescriptor(ushort selector, uint external, out ulong low, out ulong address)
    {
        low = 0;
        address = 0;
        uint error = (uint)(selector & ~3) | external;
        ulong table;
        uint limit;
        if ((selector & TableIndicator) != 0)
        {
            if (!_system.Ldt.IsPresent || (_system.Ldt.Selector & ~3) == 0)
                return Fails(ExceptionVector.GeneralProtection, error);

            table = _system.Ldt.Base;
            limit = _system.Ldt.Limit;
        }
        else
        {
            table = _system.Gdt.Base;
            limit = _system.Gdt.Limit;
        }

        uint offset = (uint)(selector & ~7);
        if (offset + 7 > limit)
            return Fails(ExceptionVector.GeneralProtection, error);

        address = table + offset;
        return TryReadSystem(address, 8, out low);
    }

    private static SegmentRegister Parse(ushort selector, ulong low)
    {
        uint limit = (uint)(low & 0xFFFF) | (uint)((low >> 32) & 0xF_0000);
        var attributes = (ushort)((low >> 40) & 0xF0FF);
        bool isGranular = (attributes & (1 << 15)) != 0;
        return new SegmentRegister
        {
            Selector = selector,
            Base = ((low >> 16) & 0xFF_FFFF) | ((low >> 32) & 0xFF00_0000),
            Limit = isGranular ? (limit << 12) | 0xFFF : limit,
            Attributes = attributes,
        };
    }

    /// <summary>Reads the code segment that a gate leads to: of 64-bit code, and not of less privilege.</summary>
    private bool TryReadCodeSegment(ushort selector, uint external, out SegmentRegister code)
    {
        code = default;
        uint error = (uint)(selector & ~3) | external;
        if ((selector & ~3) == 0)
            return Fails(ExceptionVector.GeneralProtection, external);

        if (!TryReadDescriptor(selector, external, out ulong low, out _))
            return false;

        code = Parse(selector, low);
        if (!code.IsCodeOrData || (code.Type & TypeCode) == 0 || code.Dpl > _privilegeLevel || !code.IsLong || code.IsDefault32)
            return Fails(ExceptionVector.GeneralProtection, error);

        return code.IsPresent || Fails(ExceptionVector.SegmentNotPresent, error);
    }

    private bool TryReadTaskState(int offset, uint external, out ulong value)
    {
        value = 0;
        if (offset + 7 > _system.Tr.Limit)
            return Fails(ExceptionVector.InvalidTss, (uint)(_system.Tr.Selector & ~3) | external);

        return TryReadSystem(_system.Tr.Base + (ulong)offset, 8, out value);
    }

    /// <summary>Loads a data segment register.</summary>
    internal bool TryLoadSegment(SegmentName name, ushort selector)
    {
        if (name == SegmentName.Ss)
            return TryLoadStackSegment(selector);

        if ((selector & ~3) == 0)
        {
            // The base stays; nothing in 64-bit mode looks at the rest.
            SetSegment(name, new SegmentRegister { Selector = selector, Base = BaseOf(name) });
            return true;
        }

        uint error = (uint)(selector & ~3);
        if (!TryReadDescriptor(selector, 0, out ulong low, out ulong address))
            return false;

        SegmentRegister segment = Parse(selector, low);
        bool isCode = (segment.Type & TypeCode) != 0;
        bool isConforming = isCode && (segment.Type & TypeConforming) != 0;
        if (!segment.IsCodeOrData || (isCode && (segment.Type & TypeReadable) == 0))
            return Fails(ExceptionVector.GeneralProtection, error);

        if (!isConforming && (segment.Dpl < _privilegeLevel || segment.Dpl < (selector & 3)))
            return Fails(ExceptionVector.GeneralProtection, error);

        if (!segment.IsPresent)
            return Fails(ExceptionVector.SegmentNotPresent, error);

        if (!TrySetAccessed(ref segment, low, address))
            return false;

        SetSegment(name, segment);
        return true;
    }

    private bool TryLoadStackSegment(ushort selector)
    {
        if (!TryReadStackSegment(selector, _privilegeLevel, out SegmentRegister segment))
            return false;

        _system.Ss = segment;
        return true;
    }

    private bool TryReadStackSegment(ushort selector, int level, out SegmentRegister segment)
    {
        segment = NullStack(level);
        uint error = (uint)(selector & ~3);
        if (error == 0)
        {
            // 64-bit code of the kernel may have none.
            bool mayBeNull = level != UserLevel && (selector & 3) == level;
            return mayBeNull || Fails(ExceptionVector.GeneralProtection, 0);
        }

        if (!TryReadDescriptor(selector, 0, out ulong low, out ulong address))
            return false;

        segment = Parse(selector, low);
        bool isWritableData = segment.IsCodeOrData && (segment.Type & TypeCode) == 0 && (segment.Type & TypeWritable) != 0;
        if ((selector & 3) != level || !isWritableData || segment.Dpl != level)
            return Fails(ExceptionVector.GeneralProtection, error);

        if (!segment.IsPresent)
            return Fails(ExceptionVector.StackFault, error);

        return TrySetAccessed(ref segment, low, address);
    }

    private bool TrySetAccessed(ref SegmentRegister segment, ulong low, ulong address)
    {
        if ((segment.Type & TypeAccessed) != 0)
            return true;

        segment.Attributes |= TypeAccessed;
        ulong marked = low | ((ulong)TypeAccessed << 40);
        return TryAccessSystem(address, 8, MemoryAccess.Write, Privilege.Supervisor, ref marked, isStack: false);
    }

    /// <summary>Looks at a selector's segment without loading it.</summary>
    /// <param name="selector">The selector.</param>
    /// <param name="check">What is asked: see <see cref="CheckSegment"/>.</param>
    /// <param name="isVisible">The answer.</param>
    /// <param name="value">The rights or the limit, where they were asked for.</param>
    /// <returns>False where the descriptor cannot be read; then the exception is noted.</returns>
    internal bool TryCheckSegment(ushort selector, byte check, out bool isVisible, out ulong value)
    {
        isVisible = false;
        value = 0;
        if ((selector & ~3) == 0)
            return true;

        if (!TryReadDescriptor(selector, 0, out ulong low, out ulong address))
            return address == 0;

        SegmentRegister segment = Parse(selector, low);
        bool isCode = segment.IsCodeOrData && (segment.Type & TypeCode) != 0;
        bool isConforming = isCode && (segment.Type & TypeConforming) != 0;
        bool isReachable = isConforming || (segment.Dpl >= _privilegeLevel && segment.Dpl >= (selector & 3));
        isVisible = isReachable && IsOfKind(segment, check, isCode);
        value = check == CheckSegment.Limit ? segment.Limit : (low >> 32) & 0xF0_FF00;
        return true;
    }

    private static bool IsOfKind(SegmentRegister segment, byte check, bool isCode)
    {
        const int SystemWithRights = (1 << TypeLdt) | (1 << TypeAvailableTask64) | (1 << TypeBusyTask64) | (1 << TypeCallGate64);
        const int SystemWithLimit = (1 << TypeLdt) | (1 << TypeAvailableTask64) | (1 << TypeBusyTask64);
        return check switch
        {
            CheckSegment.ForReading => segment.IsCodeOrData && (!isCode || (segment.Type & TypeReadable) != 0),
            CheckSegment.ForWriting => segment.IsCodeOrData && !isCode && (segment.Type & TypeWritable) != 0,
            CheckSegment.Rights => segment.IsCodeOrData || (SystemWithRights & (1 << segment.Type)) != 0,
            _ => segment.IsCodeOrData || (SystemWithLimit & (1 << segment.Type)) != 0,
        };
    }

    /// <summary>A segment register's value.</summary>
    internal SegmentRegister GetSegment(SegmentName name) => name switch
    {
        SegmentName.Es => _system.Es,
        SegmentName.Cs => _system.Cs,
        SegmentName.Ss => _system.Ss,
        SegmentName.Ds => _system.Ds,
        SegmentName.Fs => _system.Fs with { Base = _registers[RegisterFile.FsBase] },
        _ => _system.Gs with { Base = _registers[RegisterFile.GsBase] },
    };

    private ulong BaseOf(SegmentName name) => GetSegment(name).Base;

    private void SetSegment(SegmentName name, in SegmentRegister segment)
    {
        switch (name)
        {
            case SegmentName.Es:
                _system.Es = segment;
                break;
            case SegmentName.Ds:
                _system.Ds = segment;
                break;
            case SegmentName.Fs:
                _system.Fs = segment;
                _registers[RegisterFile.FsBase] = segment.Base;
                break;
            default:
                _system.Gs = segment;
                _registers[RegisterFile.GsBase] = segment.Base;
                break;
        }
    }

    /// <summary>Loads TR or LDTR.</summary>
    internal bool TryLoadSystemSegment(ushort selector, bool isTask)
    {
        uint error = (uint)(selector & ~3);
        if ((selector & ~3) == 0)
        {
            if (isTask)
                return Fails(ExceptionVector.GeneralProtection, 0);

            _system.Ldt = new SegmentRegister { Selector = selector };
            return true;
        }

        if ((selector & TableIndicator) != 0)
            return Fails(ExceptionVector.GeneralProtection, error);

        // Descriptors of the system have 16 bytes in 64-bit mode.
        if ((uint)(selector & ~7) + 15 > _system.Gdt.Limit)
            return Fails(ExceptionVector.GeneralProtection, error);

        if (!TryReadDescriptor(selector, 0, out ulong low, out ulong address) || !TryReadSystem(address + 8, 8, out ulong high))
            return false;

        SegmentRegister segment = Parse(selector, low);
        if (segment.IsCodeOrData || segment.Type != (isTask ? TypeAvailableTask64 : TypeLdt) || ((high >> 40) & 0x1F) != 0)
            return Fails(ExceptionVector.GeneralProtection, error);

        if (!segment.IsPresent)
            return Fails(ExceptionVector.SegmentNotPresent, error);

        segment.Base |= high << 32;
        if (!IsCanonical(segment.Base))
            return Fails(ExceptionVector.GeneralProtection, error);

        if (!isTask)
        {
            _system.Ldt = segment;
            return true;
        }

        segment.Attributes = (ushort)((segment.Attributes & ~0xF) | TypeBusyTask64);
        ulong busy = low | (2UL << 40);
        if (!TryAccessSystem(address, 8, MemoryAccess.Write, Privilege.Supervisor, ref busy, isStack: false))
            return false;

        _system.Tr = segment;
        return true;
    }
}
