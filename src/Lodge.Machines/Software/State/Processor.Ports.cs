namespace Lodge.Machines;

/// <content>Input and output.</content>
internal sealed unsafe partial class Processor
{
    private const int TaskStateMap = 102;

    private bool _awaitsPort;
    private int _portSize;

    /// <summary>Whether the guest may use a port: by its IOPL, or by the map in its task state.</summary>
    internal bool MayAccessPort(ref MicroOp op, ushort port, int size)
    {
        if (_privilegeLevel <= IoPrivilegeLevel)
            return true;

        if (IsInPortMap(port, size, out bool failed))
            return true;

        if (failed)
            RaisePending(ref op);
        else
            RaiseGeneralProtection(ref op);

        return false;
    }

    /// <summary><c>in</c>: the host is asked, and what it says is in RAX when the processor runs again.</summary>
    internal BlockExit ReadPort(ref MicroOp op, ushort port, int size)
    {
        if (!MayAccessPort(ref op, port, size))
            return BlockExit.Stopped;

        _awaitsPort = true;
        _portSize = size;
        return StopAfter(ref op, new VmExit { Kind = VmExitKind.PortIn, Port = port, Size = size });
    }

    /// <summary><c>out</c>.</summary>
    internal BlockExit WritePort(ref MicroOp op, ushort port, int size)
    {
        if (!MayAccessPort(ref op, port, size))
            return BlockExit.Stopped;

        ulong value = _registers[RegisterFile.Rax] & (ulong.MaxValue >> (64 - (8 * size)));
        return StopAfter(ref op, new VmExit { Kind = VmExitKind.PortOut, Port = port, Size = size, Value = value });
    }

    private void FinishPortRead(ulong value)
    {
        _awaitsPort = false;
        switch (_portSize)
        {
            case 1:
                Size8.Set(this, RegisterFile.OffsetOf(RegisterFile.Rax, 1), value);
                break;
            case 2:
                Size16.Set(this, RegisterFile.OffsetOf(RegisterFile.Rax, 2), value);
                break;
            default:
                Size32.Set(this, RegisterFile.OffsetOf(RegisterFile.Rax, 4), value);
                break;
        }
    }

    private bool IsInPortMap(ushort port, int size, out bool failed)
    {
        failed = false;
        if (!_system.Tr.IsPresent || _system.Tr.Limit < TaskStateMap + 1)
            return false;

        if (!TryReadSystem(_system.Tr.Base + TaskStateMap, 2, out ulong map))
        {
            failed = true;
            return false;
        }

        // Two bytes are read, so that a port at a byte's end has its followers too.
        ulong offset = map + (ulong)(port >> 3);
        if (offset + 1 > _system.Tr.Limit)
            return false;

        if (!TryReadSystem(_system.Tr.Base + offset, 2, out ulong bits))
        {
            failed = true;
            return false;
        }

        return ((bits >> (port & 7)) & ((1UL << size) - 1)) == 0;
    }
}
