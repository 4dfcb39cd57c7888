using System.Runtime.InteropServices;
using Lodge.Machines.Interop;

namespace Lodge.Machines;

/// <summary>The signal that gets a thread out of KVM_RUN, without a handler ever running.</summary>
/// <remarks>
/// <para>Each running thread blocks the signal, and KVM unblocks it only while guest code runs (KVM_SET_SIGNAL_MASK): one that is
/// sent stays pending, makes KVM_RUN return, and is taken out with <c>sigtimedwait</c>. That the whole process ignores it is a
/// second line: a signal that came to a thread which does not block it would otherwise end the process.</para>
/// <para>Signals that somebody handles are left alone, and so are the lowest real-time signals: the C library and the runtime
/// have theirs there.</para>
/// </remarks>
internal static unsafe class KickSignal
{
    private const int HighestSignal = 64;
    private const int LowestSignal = 40;

    private static readonly Lazy<int> Chosen = new(Choose);

    /// <summary>The number; the first call chooses it and sets it to be ignored.</summary>
    /// <exception cref="MachineException">All signals are in use.</exception>
    public static int Number => Chosen.Value;

    /// <summary>The signal as a set.</summary>
    public static sigset_t Set => new() { first = 1UL << (Number - 1) };

    /// <summary>Blocks the signal in this thread.</summary>
    /// <returns>What the thread blocked before.</returns>
    public static sigset_t Block()
    {
        sigset_t set = Set;
        sigset_t before;
        if (Libc.sigprocmask(Libc.SIG_BLOCK, &set, &before) != 0)
            throw new MachineException("block a signal (sigprocmask)", Marshal.GetLastPInvokeError());

        return before;
    }

    /// <summary>Makes this thread block what it did.</summary>
    public static void Restore(sigset_t before)
    {
        if (Libc.sigprocmask(Libc.SIG_SETMASK, &before, null) != 0)
            throw new MachineException("restore the blocked signals (sigprocmask)", Marshal.GetLastPInvokeError());
    }

    /// <summary>Sends the signal to a thread that blocks it.</summary>
    public static void Send(int thread)
    {
        if (Libc.tgkill(Environment.ProcessId, thread, Number) != 0)
            throw new MachineException("interrupt a vCPU (tgkill)", Marshal.GetLastPInvokeError());
    }

    /// <summary>Takes a signal that was sent out of this thread, which blocks it.</summary>
    public static void Drain()
    {
        sigset_t set = Set;
        __kernel_timespec now = default;
        while (Libc.sigtimedwait(&set, null, &now) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.EAGAIN)
                return;

            if (errno != Errno.EINTR)
                throw new MachineException("take a signal (sigtimedwait)", errno);
        }
    }

    private static int Choose()
    {
        for (int signal = HighestSignal; signal >= LowestSignal; signal--)
        {
            sigaction_t current;
            if (Libc.sigaction(signal, null, &current) != 0)
                throw new MachineException($"ask who handles signal {signal} (sigaction)", Marshal.GetLastPInvokeError());

            // An ignored one is as good, and usual in children of a program that chose it: a disposition of "ignore" is
            // inherited.
            if (current.sa_handler is not (Libc.SIG_DFL or Libc.SIG_IGN))
                continue;

            var ignore = new sigaction_t { sa_handler = Libc.SIG_IGN };
            if (Libc.sigaction(signal, &ignore, null) != 0)
                throw new MachineException($"ignore signal {signal} (sigaction)", Marshal.GetLastPInvokeError());

            return signal;
        }

        throw new MachineException(
            $"Every real-time signal from {LowestSignal} to {HighestSignal} is handled by somebody, and one is needed to cancel "
            + "vCPUs.");
    }
}
