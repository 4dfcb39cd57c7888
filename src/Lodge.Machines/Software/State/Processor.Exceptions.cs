using System.Runtime.CompilerServices;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <content>Exceptions and interrupts, which go through the guest's own tables (Intel SDM, volume 3, 6.14).</content>
internal sealed unsafe partial class Processor
{
    // Of error codes: of a page fault, and the bits of those that name a selector.
    private const uint PageWasPresent = 1;
    private const uint PageWasWritten = 2;
    private const uint PageByUser = 4;
    private const uint PageReservedBit = 8;
    private const uint PageWasFetched = 16;
    private const uint ErrorIsExternal = 1;
    private const uint ErrorIsInIdt = 2;

    private const int GateBytes = 16;
    private const int InterruptGate = 0xE;
    private const int TrapGate = 0xF;

    private PendingException _exception;
    private StopKind _stop;
    private int _stopNumber;
    private ulong _stopRip;

    /// <summary>Leaves the block before an instruction has ended.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Stop(ref MicroOp op, StopKind kind)
    {
        _stop = kind;
        _stopNumber = op.Number;
        _stopRip = AddressOf(ref op);
    }

    /// <summary>Leaves the block because the host has something to do, after an instruction that has ended.</summary>
    internal BlockExit StopAfter(ref MicroOp op, in VmExit exit)
    {
        _exit = exit;
        _stop = StopKind.Exit;
        _stopNumber = op.Number + 1;
        _stopRip = AddressAfter(ref op);
        return BlockExit.Stopped;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal BlockExit Raise(ref MicroOp op, ExceptionVector vector, uint? errorCode = null)
    {
        _exception = new PendingException(vector, errorCode);
        Stop(ref op, StopKind.Exception);
        return BlockExit.Stopped;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal BlockExit RaiseGeneralProtection(ref MicroOp op, uint errorCode = 0)
        => Raise(ref op, ExceptionVector.GeneralProtection, errorCode);

    /// <summary>Stops an instruction for the exception that was found on the way.</summary>
    internal BlockExit RaisePending(ref MicroOp op)
    {
        Stop(ref op, StopKind.Exception);
        return BlockExit.Stopped;
    }

    internal void StopForInternalError(ref MicroOp op, string reason)
    {
        Stop(ref op, StopKind.Device);
        _exit = new VmExit { Kind = VmExitKind.InternalError, Reason = reason };
    }

    /// <summary>As the other, where no instruction was begun.</summary>
    private void StopForInternalError(string reason)
    {
        StopAtRip(StopKind.Device);
        _exit = new VmExit { Kind = VmExitKind.InternalError, Reason = reason };
    }

    private void RaiseTranslationFault(ref MicroOp op, ulong address, MemoryAccess access, in PageWalkFailure failure)
    {
        _exception = ExceptionOf(
            address, access, _privilege, failure, _isStackAccess || (op.Address & AddressTraits.Stack) != 0);
        Stop(ref op, StopKind.Exception);
    }

    private void RaiseTranslationFaultAtRip(ulong address, MemoryAccess access, in PageWalkFailure failure)
    {
        _exception = ExceptionOf(address, access, _privilege, failure, isStack: false);
        StopAtRip(StopKind.Exception);
    }

    /// <summary>Says where compiled code was left; it has counted its instructions already.</summary>
    internal void SetStopPlace(ulong address)
    {
        _stopRip = address;
        _stopNumber = 0;
        _blockCount = 0;
    }

    private void StopAtRip(StopKind kind)
    {
        _stop = kind;
        _stopNumber = 0;
        _blockCount = 0;
        _stopRip = Rip;
    }

    /// <summary>What the processor raises where an address leads nowhere (Intel SDM, volume 3, 4.7).</summary>
    private PendingException ExceptionOf(
        ulong address, MemoryAccess access, Privilege privilege, in PageWalkFailure failure, bool isStack)
    {
        if (failure.Kind == PageWalkFailureKind.NonCanonical)
            return new PendingException(isStack ? ExceptionVector.StackFault : ExceptionVector.GeneralProtection, 0);

        uint code = failure.Kind switch
        {
            PageWalkFailureKind.Permission => PageWasPresent,
            PageWalkFailureKind.Malformed => PageWasPresent | PageReservedBit,

            // Where there is no memory the processor reads ones, and an entry of ones has reserved bits.
            PageWalkFailureKind.TableOutsideMemory => PageWasPresent | PageReservedBit,
            _ => 0,
        };
        if (access == MemoryAccess.Write)
            code |= PageWasWritten;

        if (privilege == Privilege.User)
            code |= PageByUser;

        if (access == MemoryAccess.Execute && ((_system.Efer & EferNoExecute) != 0 || (_system.Cr4 & Cr4Smep) != 0))
            code |= PageWasFetched;

        return new PendingException(ExceptionVector.PageFault, code) { Address = address };
    }

    /// <summary>Delivers the pending exception, and where that fails the one which that makes.</summary>
    /// <returns>False where nothing can be delivered any more: the processor shuts down.</returns>
    private bool TryDeliverException()
    {
        PendingException exception = _exception;
        bool isDouble = false;
        while (true)
        {
            if (exception.Vector == ExceptionVector.PageFault)
                _system.Cr2 = exception.Address;

            // Faults are begun again, and debuggers do not see them twice.
            ulong flags = exception.Vector is ExceptionVector.Debug or ExceptionVector.DoubleFault ? Rflags : Rflags | FlagResume;
            if (TryDeliver((byte)exception.Vector, exception.ErrorCode, isSoftware: false, flags))
            {
                // It counts as an instruction, so that a limit ends a guest that does nothing else.
                _executed++;
                return true;
            }

            if (_deliveryFailure is not null)
                return false;

            if (isDouble)
            {
                _shutdownReason = $"{_exception} while a double fault was delivered, RIP 0x{Rip:x}";
                return false;
            }

            PendingException second = _exception;
            bool becomesDouble = (exception.IsContributory && second.IsContributory)
                || (exception.Vector == ExceptionVector.PageFault
                    && (second.IsContributory || second.Vector == ExceptionVector.PageFault));
            isDouble = becomesDouble;
            exception = becomesDouble ? new PendingException(ExceptionVector.DoubleFault, 0) : second;
        }
    }

    private string? _shutdownReason;

    // Where a table that the last delivery needs lies in a device: nobody can go on from there. An instruction that reads such a
    // table raises an exception.
    private string? _deliveryFailure;

    /// <summary>Goes through a gate of the guest's IDT. RIP is what the handler returns to.</summary>
    /// <returns>False where that is not possible; <see cref="_exception"/> says why, and nothing but memory below the stack has
    /// changed.</returns>
    private bool TryDeliver(byte vector, uint? errorCode, bool isSoftware, ulong savedFlags)
    {
        _deliveryFailure = null;
        uint external = isSoftware ? 0 : ErrorIsExternal;
        uint gateError = ((uint)vector << 3) | ErrorIsInIdt | external;
        if ((vector * GateBytes) + GateBytes - 1 > _system.Idt.Limit)
            return Fails(ExceptionVector.GeneralProtection, gateError);

        ulong gateAddress = _system.Idt.Base + (ulong)(vector * GateBytes);
        if (!TryReadSystem(gateAddress, 8, out ulong low) || !TryReadSystem(gateAddress + 8, 8, out ulong high))
            return false;

        int type = (int)(low >> 40) & 0x1F;
        if (type is not (InterruptGate or TrapGate))
            return Fails(ExceptionVector.GeneralProtection, gateError);

        if (isSoftware && (int)((low >> 45) & 3) < _privilegeLevel)
            return Fails(ExceptionVector.GeneralProtection, gateError);

        if ((low >> 47 & 1) == 0)
            return Fails(ExceptionVector.SegmentNotPresent, gateError);

        var selector = (ushort)(low >> 16);
        if (!TryReadCodeSegment(selector, external, out SegmentRegister code))
            return false;

        // A conforming segment runs with the privilege that there is.
        bool isConforming = (code.Type & 4) != 0;
        int level = isConforming ? _privilegeLevel : code.Dpl;
        int stackTable = (int)(low >> 32) & 7;
        ulong stack;
        if (stackTable != 0)
        {
            if (!TryReadTaskState(TaskStateIst + ((stackTable - 1) * 8), external, out stack))
                return false;
        }
        else if (level != _privilegeLevel)
        {
            if (!TryReadTaskState(TaskStateRsp + (level * 8), external, out stack))
                return false;
        }
        else
        {
            stack = _registers[RegisterFile.Rsp];
        }

        stack &= ~0xFUL;
        ulong target = (low & 0xFFFF) | ((low >> 32) & 0xFFFF_0000) | (high << 32);
        Privilege privilege = level == UserLevel ? Privilege.User : Privilege.Supervisor;
        ulong frame = stack;
        if (!TryPushSystem(ref frame, _system.Ss.Selector, privilege)
            || !TryPushSystem(ref frame, _registers[RegisterFile.Rsp], privilege)
            || !TryPushSystem(ref frame, savedFlags, privilege)
            || !TryPushSystem(ref frame, _system.Cs.Selector, privilege)
            || !TryPushSystem(ref frame, Rip, privilege)
            || (errorCode is { } error && !TryPushSystem(ref frame, error, privilege)))
        {
            return false;
        }

        if (!IsCanonical(target))
            return Fails(ExceptionVector.GeneralProtection, external);

        if (level != _privilegeLevel)
            _system.Ss = NullStack(level);

        code.Selector = (ushort)((selector & ~3) | level);
        _system.Cs = code;
        _registers[RegisterFile.Rsp] = frame;
        Rip = target;
        ulong cleared = FlagTrap | FlagNestedTask | (type == InterruptGate ? FlagInterrupt : 0);
        _systemFlags &= ~cleared;
        ChangePrivilegeLevel(level);
        return true;
    }

    private bool Fails(ExceptionVector vector, uint errorCode)
    {
        _exception = new PendingException(vector, errorCode);
        return false;
    }

    private static SegmentRegister NullStack(int level)
        => SegmentRegister.Data((ushort)level, level);

    private bool TryPushSystem(ref ulong stack, ulong value, Privilege privilege)
    {
        stack -= 8;
        if (TryAccessSystem(stack, 8, MemoryAccess.Write, privilege, ref value, isStack: true))
            return true;

        return false;
    }

    /// <summary>Reads what the processor itself reads: descriptors, gates, task states.</summary>
    private bool TryReadSystem(ulong address, int size, out ulong value)
    {
        value = 0;
        return TryAccessSystem(address, size, MemoryAccess.Read, Privilege.Supervisor, ref value, isStack: false);
    }

    private bool TryAccessSystem(
        ulong address, int size, MemoryAccess access, Privilege privilege, ref ulong value, bool isStack)
    {
        int here = BytesInPage(address, size);
        if (!TryLocateSystem(address, access, privilege, isStack, out WriteTarget first))
            return false;

        WriteTarget second = default;
        if (here < size && !TryLocateSystem(address + (ulong)here, access, privilege, isStack, out second))
            return false;

        ulong bytes = value;
        CopySystem(first, (byte*)&bytes, here, access);
        if (here < size)
            CopySystem(second, (byte*)&bytes + here, size - here, access);

        value = bytes;
        return true;
    }

    private void CopySystem(in WriteTarget target, byte* bytes, int size, MemoryAccess access)
    {
        if (access != MemoryAccess.Write)
        {
            CopyAsOne(target.Host, bytes, size);
            return;
        }

        CopyAsOne(bytes, target.Host, size);
        InvalidateCode(target, size);
    }

    private bool TryLocateSystem(ulong address, MemoryAccess access, Privilege privilege, bool isStack, out WriteTarget target)
    {
        target = default;
        RegimeWalkers walkers = isStack ? _walkers! : _tableWalkers!;
        if (!walkers.TryTranslate(address, access, privilege, out PageTranslation translation, out PageWalkFailure failure))
        {
            _exception = ExceptionOf(address, access, privilege, failure, isStack);
            return false;
        }

        ulong physical = translation.Address.Value;
        SoftwareSlot? slot = _slots.Find(physical);
        if (slot is null || (access == MemoryAccess.Write && !slot.IsWritable))
        {
            string what = access == MemoryAccess.Write ? "write to" : "read of";
            string missing = slot is null ? "memory" : "memory that can be written";
            _deliveryFailure =
                $"the processor's own {what} 0x{address:x} leads to guest-physical 0x{physical:x}, where there is no {missing}";
            _exception = new PendingException(ExceptionVector.GeneralProtection, 0);
            return false;
        }

        target = new WriteTarget
        {
            Placement = Placement.Memory,
            Host = slot.HostOf(physical),
            Physical = physical,
            Code = slot.Code,
            Offset = slot.OffsetOf(physical),
        };
        if (access == MemoryAccess.Write)
            slot.MarkDirty(physical);

        return true;
    }
}
