using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <content>Control transfers that load CS, and with it the privilege level: far jumps, calls and returns, and returns from
/// interrupts.</content>
internal sealed partial class Processor
{
    /// <summary>Goes to another code segment: <c>jmp</c> and <c>call</c> through a pointer with a selector. Call gates are not
    /// there.</summary>
    internal BlockExit JumpFar(ref MicroOp op, ushort selector, ulong target, bool isCall, int size)
    {
        if ((selector & ~3) == 0)
            return RaiseGeneralProtection(ref op);

        uint error = (uint)(selector & ~3);
        if (!TryReadDescriptor(selector, 0, out ulong low, out ulong address))
            return RaisePending(ref op);

        SegmentRegister code = Parse(selector, low);
        bool isConforming = (code.Type & TypeConforming) != 0;
        bool isAllowed = isConforming
            ? code.Dpl <= _privilegeLevel
            : code.Dpl == _privilegeLevel && (selector & 3) <= _privilegeLevel;
        if (!code.IsCodeOrData || (code.Type & TypeCode) == 0 || !isAllowed)
            return RaiseGeneralProtection(ref op, error);

        if (!code.IsPresent)
            return Raise(ref op, ExceptionVector.SegmentNotPresent, error);

        if (!code.IsLong)
            return StopForCompatibilityMode(ref op);

        if (code.IsDefault32)
            return RaiseGeneralProtection(ref op, error);

        if (!IsCanonical(target))
            return RaiseGeneralProtection(ref op);

        if (!TrySetAccessed(ref code, low, address))
            return RaisePending(ref op);

        if (isCall && !TryPushPair(ref op, _system.Cs.Selector, AddressAfter(ref op), size))
            return BlockExit.Stopped;

        code.Selector = (ushort)((selector & ~3) | _privilegeLevel);
        _system.Cs = code;
        Rip = target;
        return BlockExit.Jumped;
    }

    /// <summary><c>retf</c>: of the operand size, and some bytes more are taken from the stack.</summary>
    internal BlockExit ReturnFar(ref MicroOp op, int size, uint release)
    {
        ulong stack = _registers[RegisterFile.Rsp];
        if (!TryReadSized(ref op, stack, size, out ulong target)
            || !TryReadSized(ref op, stack + (ulong)size, size, out ulong pushed))
        {
            return BlockExit.Stopped;
        }

        var selector = (ushort)pushed;
        if (!TryFindReturn(ref op, selector, target, out SegmentRegister code, out ulong low, out ulong address))
            return BlockExit.Stopped;

        int level = selector & 3;
        SegmentRegister stackSegment = _system.Ss;
        stack += (ulong)(2 * size) + release;
        if (level != _privilegeLevel)
        {
            if (!TryReadSized(ref op, stack, size, out ulong outer)
                || !TryReadSized(ref op, stack + (ulong)size, size, out ulong stackSelector))
            {
                return BlockExit.Stopped;
            }

            if (!TryReadStackSegment((ushort)stackSelector, level, out stackSegment))
                return RaisePending(ref op);

            stack = outer + release;
        }

        if (!TrySetAccessed(ref code, low, address))
            return RaisePending(ref op);

        _system.Ss = stackSegment;
        _registers[RegisterFile.Rsp] = stack;
        EnterCode(code, selector, target, level);
        return BlockExit.Jumped;
    }

    /// <summary><c>iretq</c> and its shorter forms.</summary>
    internal BlockExit ReturnFromInterrupt(ref MicroOp op, int size)
    {
        if ((_systemFlags & FlagNestedTask) != 0)
            return RaiseGeneralProtection(ref op);

        ulong stack = _registers[RegisterFile.Rsp];
        ulong step = (ulong)size;
        if (!TryReadSized(ref op, stack, size, out ulong target)
            || !TryReadSized(ref op, stack + step, size, out ulong codeSelector)
            || !TryReadSized(ref op, stack + (2 * step), size, out ulong flags)
            || !TryReadSized(ref op, stack + (3 * step), size, out ulong outer)
            || !TryReadSized(ref op, stack + (4 * step), size, out ulong stackSelector))
        {
            return BlockExit.Stopped;
        }

        var selector = (ushort)codeSelector;
        if (!TryFindReturn(ref op, selector, target, out SegmentRegister code, out ulong low, out ulong address))
            return BlockExit.Stopped;

        int level = selector & 3;
        if (!TryReadStackSegment((ushort)stackSelector, level, out SegmentRegister stackSegment)
            || !TrySetAccessed(ref code, low, address))
        {
            return RaisePending(ref op);
        }

        _system.Ss = stackSegment;
        _registers[RegisterFile.Rsp] = outer;
        SetFlagsFromStack(flags, size);
        EnterCode(code, selector, target, level);
        return BlockExit.Jumped;
    }

    /// <summary>Reads the code segment that a return goes to, and looks at whether it may; stops the instruction where
    /// not.</summary>
    private bool TryFindReturn(
        ref MicroOp op, ushort selector, ulong target, out SegmentRegister code, out ulong low, out ulong address)
    {
        if (!TryReadReturnSegment(selector, out code, out low, out address))
            RaisePending(ref op);
        else if (!code.IsLong)
            StopForCompatibilityMode(ref op);
        else if (!IsCanonical(target))
            RaiseGeneralProtection(ref op);
        else
            return true;

        return false;
    }

    private bool TryReadReturnSegment(ushort selector, out SegmentRegister code, out ulong low, out ulong address)
    {
        code = default;
        low = 0;
        address = 0;
        uint error = (uint)(selector & ~3);
        if ((selector & ~3) == 0)
            return Fails(ExceptionVector.GeneralProtection, 0);

        if (!TryReadDescriptor(selector, 0, out low, out address))
            return false;

        code = Parse(selector, low);
        int level = selector & 3;
        bool isConforming = (code.Type & TypeConforming) != 0;
        bool isAllowed = level >= _privilegeLevel && (isConforming ? code.Dpl <= level : code.Dpl == level);
        if (!code.IsCodeOrData || (code.Type & TypeCode) == 0 || !isAllowed || (code.IsLong && code.IsDefault32))
            return Fails(ExceptionVector.GeneralProtection, error);

        return code.IsPresent || Fails(ExceptionVector.SegmentNotPresent, error);
    }

    private void EnterCode(SegmentRegister code, ushort selector, ulong target, int level)
    {
        code.Selector = selector;
        _system.Cs = code;
        Rip = target;
        if (level > _privilegeLevel)
        {
            // What the outer ring may not have is taken from it.
            DropSegment(SegmentName.Ds, level);
            DropSegment(SegmentName.Es, level);
            DropSegment(SegmentName.Fs, level);
            DropSegment(SegmentName.Gs, level);
        }

        ChangePrivilegeLevel(level);
    }

    private void DropSegment(SegmentName name, int level)
    {
        SegmentRegister segment = GetSegment(name);
        bool isConforming = (segment.Type & (TypeCode | TypeConforming)) == (TypeCode | TypeConforming);
        if ((segment.Selector & ~3) != 0 && segment.IsPresent && !isConforming && segment.Dpl < level)
            SetSegment(name, new SegmentRegister { Base = segment.Base });
    }

    private bool TryPushPair(ref MicroOp op, ulong first, ulong second, int size)
    {
        ulong stack = _registers[RegisterFile.Rsp] - (ulong)(2 * size);
        if (!MayWrite(ref op, stack, size)
            || !WriteSlow(ref op, stack + (ulong)size, size, first)
            || !WriteSlow(ref op, stack, size, second))
        {
            return false;
        }

        _registers[RegisterFile.Rsp] = stack;
        return true;
    }

    private bool TryReadSized(ref MicroOp op, ulong address, int size, out ulong value)
    {
        bool done = ReadSlow(ref op, address, size);
        value = (ulong)_scratch;
        return done;
    }

    private BlockExit StopForCompatibilityMode(ref MicroOp op)
    {
        StopForInternalError(
            ref op, $"the guest goes to 32-bit code at 0x{AddressOf(ref op):x}: compatibility mode is not emulated");
        return BlockExit.Stopped;
    }
}
