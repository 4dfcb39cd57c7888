using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <content>Ways into the kernel and out of it.</content>
internal sealed unsafe partial class Processor
{
    private const int SelectorsForSyscall = 32;
    private const int SelectorsForSysret = 48;

    internal BlockExit Syscall(ref MicroOp op)
    {
        if ((_system.Efer & EferSyscall) == 0)
            return Raise(ref op, ExceptionVector.InvalidOpcode);

        _registers[RegisterFile.Rcx] = AddressAfter(ref op);
        _registers[RegisterFile.R11] = Rflags;
        var selector = (ushort)((_star >> SelectorsForSyscall) & 0xFFFC);
        _system.Cs = SegmentRegister.Code64(selector);
        _system.Ss = SegmentRegister.Data((ushort)(selector + 8));
        SetAllFlags(Rflags & ~_syscallMask);

        // Unlike others, it is traced where TF is set behind it (Xen's XSA-204): kernels clear TF by the mask so as not to be.
        if ((_systemFlags & FlagTrap) == 0)
            OmitTrap();

        Rip = _lstar;
        ChangePrivilegeLevel(0);
        return BlockExit.Jumped;
    }

    internal BlockExit Sysret(ref MicroOp op, bool isLong)
    {
        if ((_system.Efer & EferSyscall) == 0)
            return Raise(ref op, ExceptionVector.InvalidOpcode);

        ulong target = _registers[RegisterFile.Rcx];
        if (!IsKernel || !IsCanonical(target))
            return RaiseGeneralProtection(ref op);

        if (!isLong)
            return StopForCompatibilityMode(ref op);

        // It is traced as syscall is; what begins with it, and not behind it, begins where it is executed by itself.
        bool isTraced = (_registers[RegisterFile.R11] & FlagTrap) != 0;
        if (isTraced && !_isAlone)
        {
            Stop(ref op, StopKind.Alone);
            return BlockExit.Stopped;
        }

        var selectors = (ushort)(_star >> SelectorsForSysret);
        _system.Cs = SegmentRegister.Code64((ushort)((selectors + 16) | UserLevel), UserLevel);
        _system.Ss = SegmentRegister.Data((ushort)((selectors + 8) | UserLevel), UserLevel);
        SetAllFlags(_registers[RegisterFile.R11]);
        Rip = target;
        ChangePrivilegeLevel(UserLevel);
        if (isTraced)
            TraceThis();
        else
            OmitTrap();

        return BlockExit.Jumped;
    }

    /// <summary>Goes through the guest's IDT because the guest says so.</summary>
    /// <param name="op">The instruction.</param>
    /// <param name="vector">The vector.</param>
    /// <param name="isSoftware">Whether its privilege has to suffice for the gate; not that of <c>int1</c>.</param>
    internal BlockExit DeliverSoftwareInterrupt(ref MicroOp op, byte vector, bool isSoftware)
    {
        ulong before = Rip;
        Rip = AddressAfter(ref op);
        if (TryDeliver(vector, errorCode: null, isSoftware, Rflags))
        {
            // The handler is not traced, from its first instruction on.
            OmitTrap();
            return BlockExit.Jumped;
        }

        Rip = before;
        return RaisePending(ref op);
    }

    /// <summary>Leaves the block because the host has something to do, before an instruction.</summary>
    internal BlockExit StopBefore(ref MicroOp op, in VmExit exit)
    {
        _exit = exit;
        Stop(ref op, StopKind.Breakpoint);
        return BlockExit.Stopped;
    }
}
