using Lodge.Machines.Interop;

namespace Lodge.Machines;

// A Cancel and the end of a Run exclude each other: whoever finds a thread in there sends it exactly one signal before the thread
// can leave, and the thread takes that out again before it unblocks the signal. So none comes late, and none stays behind.
internal sealed unsafe partial class KvmCpu
{
    private readonly Lock _kickGate = new();

    [ThreadStatic]
    private static int ThisThread;

    // The kernel's number of the thread that runs guest code, or 0.
    private int _runningThread;
    private volatile bool _isCancelled;
    private bool _isKicked;

    // What the kernel was told to block while the guest runs; nothing at first.
    private ulong _guestSignalMask;
    private bool _hasGuestSignalMask;

    public void Cancel()
    {
        lock (_kickGate)
        {
            if (_isCancelled || _isDisposed)
                return;

            // Makes KVM_RUN return before the guest executes anything; the signal gets it out if it is in there already.
            _isCancelled = true;
            _area.Run.immediate_exit = 1;
            if (_runningThread != 0)
            {
                KickSignal.Send(_runningThread);
                _isKicked = true;
            }
        }
    }

    /// <summary>Takes a Cancel, of which each ends one Run.</summary>
    private bool TryConsumeCancel()
    {
        if (!_isCancelled)
            return false;

        lock (_kickGate)
        {
            _isCancelled = false;
            _area.Run.immediate_exit = 0;
        }

        return true;
    }

    private void BeginRun()
    {
        if (ThisThread == 0)
            ThisThread = Libc.gettid();

        lock (_kickGate)
            _runningThread = ThisThread;
    }

    private void EndRun()
    {
        bool wasKicked;
        lock (_kickGate)
        {
            _runningThread = 0;
            wasKicked = _isKicked;
            _isKicked = false;
        }

        if (wasKicked)
            KickSignal.Drain();
    }

    /// <summary>While the guest runs, the thread blocks what it always does, but not the signal that ends the run.</summary>
    private void UseSignalMask(sigset_t blocked)
    {
        ulong mask = blocked.first & ~KickSignal.Set.first;
        if (_hasGuestSignalMask && mask == _guestSignalMask)
            return;

        var argument = new kvm_signal_mask { len = sizeof(ulong), sigset_low = (uint)mask, sigset_high = (uint)(mask >> 32) };
        KvmIoctls.Do(_cpu, KvmIoctl.KVM_SET_SIGNAL_MASK, ref argument, "say which signals end a run (KVM_SET_SIGNAL_MASK)");
        _guestSignalMask = mask;
        _hasGuestSignalMask = true;
    }
}
