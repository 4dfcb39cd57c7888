using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <content>Accesses to addresses and ports at which the host is asked. An instruction that makes one stops; when the host has
/// answered, it is executed again, and what it has already done with devices is taken from a list.</content>
internal sealed unsafe partial class Processor
{
    // As many as any instruction makes between two points at which it can be resumed: fxsave has 512 bytes in pieces of 8.
    private const int MostDeviceAccesses = 80;

    // What is read where no device is.
    private const ulong NoAnswer = ulong.MaxValue;

    private ulong[]? _deviceValues;
    private int _devicesDone;
    private int _deviceCursor;
    private bool _awaitsAnswer;
    private ulong _answer;

    /// <summary>Says that the instruction has ended, or has got to where it needs nothing of what it did before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ForgetDeviceAccesses()
    {
        _devicesDone = 0;
        _deviceCursor = 0;
    }

    private bool ReadDevice(ref MicroOp op, ulong physical, int size, byte* destination)
    {
        for (int done = 0; done < size;)
        {
            int part = Math.Min(size - done, sizeof(ulong));
            var exit = new VmExit { Kind = VmExitKind.MmioRead, Address = physical + (ulong)done, Size = part };
            if (!TryDevice(ref op, exit, out ulong value))
                return false;

            Unsafe.CopyBlockUnaligned(destination + done, &value, (uint)part);
            done += part;
        }

        return true;
    }

    private bool WriteDevice(ref MicroOp op, ulong physical, int size, byte* source)
    {
        for (int done = 0; done < size;)
        {
            int part = Math.Min(size - done, sizeof(ulong));
            ulong value = 0;
            Unsafe.CopyBlockUnaligned(&value, source + done, (uint)part);
            var exit = new VmExit { Kind = VmExitKind.MmioWrite, Address = physical + (ulong)done, Size = part, Value = value };
            if (!TryDevice(ref op, exit, out _))
                return false;

            done += part;
        }

        return true;
    }

    /// <summary>Asks the host, or takes what it said before.</summary>
    internal bool TryDevice(ref MicroOp op, in VmExit exit, out ulong value)
    {
        if (_deviceCursor < _devicesDone)
        {
            value = _deviceValues![_deviceCursor++];
            return true;
        }

        value = 0;
        if (_devicesDone == MostDeviceAccesses)
        {
            StopForInternalError(ref op, "one instruction accesses devices more often than any that is known");
            return false;
        }

        _exit = exit;
        Stop(ref op, StopKind.Device);
        return false;
    }

    /// <summary>Notes what the host did about the access that the instruction stopped for.</summary>
    private void RememberDeviceAccess(ulong value)
    {
        _deviceValues ??= new ulong[MostDeviceAccesses];
        _deviceValues[_devicesDone++] = value;
        _deviceCursor = 0;
    }
}
