using System.Runtime.InteropServices;
using Lodge.Machines.Interop;

namespace Lodge.Machines;

internal sealed unsafe partial class KvmCpu
{
    private const byte DirectionOut = 1;

    // Where the value goes that the guest waits for; size 0 where it waits for none.
    private ulong _answerOffset;
    private int _answerSize;

    // What is left of a string access to a port: KVM has one exit for many elements.
    private VmExit _element;
    private ulong _elementOffset;
    private uint _elementsLeft;

    // An exit that came while an instruction was being ended for the host's sake, and where its answer goes.
    private VmExit? _kept;
    private ulong _keptAnswerOffset;
    private int _keptAnswerSize;

    // What the kernel ends when the vCPU enters it again.
    private Operation _operation;

    private enum Operation : byte
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>An access that no answer changes: it may be ended at any time.</summary>
        Write,

        /// <summary>An access that the guest waits for.</summary>
        Read,
    }

    /// <summary>Makes an exit of what KVM says; false where there is nothing for the host to do.</summary>
    private bool TryDecodeExit(ref kvm_run run, out VmExit exit)
    {
        switch ((KvmExit)run.exit_reason)
        {
            case KvmExit.KVM_EXIT_IO:
                exit = DecodePortAccess(ref run);
                return true;
            case KvmExit.KVM_EXIT_MMIO:
                exit = DecodeMmio(ref run);
                return true;
            case KvmExit.KVM_EXIT_HLT:
                exit = new VmExit { Kind = VmExitKind.Halt };
                return true;
            case KvmExit.KVM_EXIT_DEBUG:
                exit = new VmExit { Kind = VmExitKind.Debug, Address = run.debug_pc, Value = run.debug_dr6 };
                return true;
            case KvmExit.KVM_EXIT_INTR or KvmExit.KVM_EXIT_IRQ_WINDOW_OPEN or KvmExit.KVM_EXIT_SET_TPR:
                exit = default;
                return false;
            case KvmExit.KVM_EXIT_SHUTDOWN or KvmExit.KVM_EXIT_SYSTEM_EVENT:
                exit = new VmExit { Kind = VmExitKind.Shutdown, Reason = KvmExitText.Describe(run) };
                _shutdown = exit;
                return true;
            default:
                exit = new VmExit { Kind = VmExitKind.InternalError, Reason = KvmExitText.Describe(run) };
                return true;
        }
    }

    private VmExit DecodePortAccess(ref kvm_run run)
    {
        int size = run.io_size;
        uint count = run.io_count;
        ulong offset = run.io_data_offset;
        if (size is not (1 or 2 or 4) || count == 0 || !_area.Holds(offset, count * (ulong)size))
            return Unbelievable($"a port access of {count} times {size} bytes at offset {offset} of the run area");

        bool isOut = run.io_direction == DirectionOut;
        _operation = isOut ? Operation.Write : Operation.Read;
        _element = new VmExit { Kind = isOut ? VmExitKind.PortOut : VmExitKind.PortIn, Port = run.io_port, Size = size };
        _elementOffset = offset;
        _elementsLeft = count;
        return TryNextElement(out VmExit exit) ? exit : default;
    }

    private VmExit DecodeMmio(ref kvm_run run)
    {
        uint size = run.mmio_len;
        if (size is 0 or > sizeof(ulong))
            return Unbelievable($"an access of {size} bytes to address 0x{run.mmio_phys_addr:x}");

        var exit = new VmExit { Kind = VmExitKind.MmioWrite, Address = run.mmio_phys_addr, Size = (int)size };
        if (run.mmio_is_write != 0)
        {
            _operation = Operation.Write;
            return exit with { Value = _area.Read(DataOfMmio, (int)size) };
        }

        _operation = Operation.Read;
        WaitForAnswer(DataOfMmio, (int)size);
        return exit with { Kind = VmExitKind.MmioRead };
    }

    private const ulong DataOfMmio = 40;

    private bool TryNextElement(out VmExit exit)
    {
        if (_elementsLeft == 0)
        {
            exit = default;
            return false;
        }

        exit = _element;
        if (exit.Kind == VmExitKind.PortOut)
            exit = exit with { Value = _area.Read(_elementOffset, exit.Size) };
        else
            WaitForAnswer(_elementOffset, exit.Size);

        _elementOffset += (ulong)exit.Size;
        _elementsLeft--;
        return true;
    }

    private bool TryTakeKept(out VmExit exit)
    {
        exit = _kept.GetValueOrDefault();
        if (_kept is null)
            return false;

        _kept = null;
        _answerOffset = _keptAnswerOffset;
        _answerSize = _keptAnswerSize;
        return true;
    }

    /// <summary>Ends a write of the guest's that the host has seen, so that the registers are those behind the
    /// instruction.</summary>
    private void EndWrite()
    {
        if (_operation == Operation.Write && _elementsLeft == 0)
            EndOperation();
    }

    /// <summary>Ends whatever the guest is in the middle of; nobody hears of it any more.</summary>
    private void Abandon()
    {
        _held = null;

        // An instruction reads and writes at most two operands, in pieces of 8 bytes.
        const int MostPieces = 64;

        for (int i = 0; i < MostPieces; i++)
        {
            _elementsLeft = 0;
            _kept = null;
            _answerSize = 0;
            if (_operation == Operation.None)
                return;

            EndOperation();
        }

        throw new MachineException("KVM does not end an instruction that was abandoned (KVM_RUN with immediate_exit).");
    }

    /// <summary>Lets the kernel end an access without executing anything behind it: it does that before it looks whether it
    /// should return at once. Where there is none, it only says anew whether the guest allows interrupts.</summary>
    private void EndOperation()
    {
        ref kvm_run run = ref _area.Run;
        lock (_kickGate)
            run.immediate_exit = 1;

        int result = Libc.ioctl(_cpu, KvmIoctl.KVM_RUN, null);
        int errno = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        lock (_kickGate)
            run.immediate_exit = _isCancelled ? (byte)1 : (byte)0;

        if (errno is not (0 or Errno.EINTR or Errno.EAGAIN))
            throw new MachineException("end an instruction (KVM_RUN)", errno, AdviceForRunning(errno));

        _operation = Operation.None;
        if (errno == 0 && TryDecodeExit(ref run, out VmExit exit))
        {
            _kept = exit;
            _keptAnswerOffset = _answerOffset;
            _keptAnswerSize = _answerSize;
            _answerSize = 0;
        }
    }

    // Ones, as where no device is, unless the host answers.
    private void WaitForAnswer(ulong offset, int size)
    {
        _answerOffset = offset;
        _answerSize = size;
        _area.Write(offset, size, ulong.MaxValue);
    }

    private static VmExit Unbelievable(string what)
        => new() { Kind = VmExitKind.InternalError, Reason = $"KVM reports {what}, which cannot be." };
}
