using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Lodge.Machines.Interop;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Machines;

/// <summary>A vCPU of KVM.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe partial class KvmCpu : IVirtualCpu
{
    private readonly KvmMachine _machine;
    private readonly SafeFileHandle _cpu;
    private readonly RunArea _area;
    private readonly kvm_cpuid_entry2[] _cpuid;
    private readonly KvmHiddenState _hidden;

    private bool _isDisposed;
    private int _isRunning;

    // Until what the guest runs on is set, there is nothing to go on with.
    private VmExit? _shutdown;

    // The interrupt that waits for the guest to allow it, or -1.
    private int _interrupt = -1;

    public KvmCpu(KvmMachine machine, int number, SafeFileHandle cpu, KvmSystem system, int xsaveSize)
    {
        _machine = machine;
        _cpu = cpu;
        XsaveSize = xsaveSize;
        _cpuid = KvmCpuid.ForGuest(system.CpuidEntries, number);
        KvmCpuid.Set(cpu, _cpuid);
        _hidden = new KvmHiddenState(cpu, system);
        _ = KickSignal.Number;
        _area = new RunArea(cpu, system.RunAreaSize);
    }

    public IVirtualMachine Machine => _machine;

    public bool IsRunning => Volatile.Read(ref _isRunning) != 0;

    public VmExit Run()
    {
        if (Interlocked.Exchange(ref _isRunning, 1) != 0)
            ThrowRunning();

        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return RunAlone();
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
            GC.KeepAlive(this);
        }
    }

    public void Answer(ulong value)
    {
        ThrowUnlessIdle();
        if (_answerSize == 0)
            throw new InvalidOperationException("The guest waits for no value: it did not stop at a read of a port or MMIO.");

        _area.Write(_answerOffset, _answerSize, value);
    }

    public bool TryInterrupt(byte vector)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vector, (byte)16);
        ThrowUnlessIdle();
        if (_interrupt >= 0)
            return false;

        _interrupt = vector;
        return true;
    }

    /// <summary>Closes the vCPU. The machine calls it under its lock.</summary>
    public void DisposeUnsynchronized()
    {
        // As a run of its own, so that none can begin meanwhile.
        if (Interlocked.Exchange(ref _isRunning, 1) != 0)
            ThrowRunning();

        try
        {
            lock (_kickGate)
            {
                if (_isDisposed)
                    return;

                _isDisposed = true;
                _area.Dispose();
                _cpu.Dispose();
            }
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    public void Dispose() => _machine.Remove(this);

    /// <summary>Throws where another thread runs the vCPU.</summary>
    public void ThrowIfRunning()
    {
        if (IsRunning)
            ThrowRunning();
    }

    private VmExit RunAlone()
    {
        _answerSize = 0;
        if (TryConsumeCancel())
            return new VmExit { Kind = VmExitKind.Cancelled };

        if (_shutdown is VmExit shutdown)
            return shutdown;

        if (TryTakeKept(out VmExit exit) || TryNextElement(out exit))
            return exit;

        if (_interrupt >= 0 || _held is not null)
        {
            EndOperation();
            if (TryTakeKept(out exit))
                return exit;

            SetHeldRegisters();
            if (_interrupt >= 0 && IsReadyForInterrupt)
                InjectInterrupt();
        }

        sigset_t before = KickSignal.Block();
        try
        {
            UseSignalMask(before);
            BeginRun();
            try
            {
                return RunUntilExit();
            }
            finally
            {
                EndRun();
            }
        }
        finally
        {
            KickSignal.Restore(before);
        }
    }

    private VmExit RunUntilExit()
    {
        ref kvm_run run = ref _area.Run;
        while (true)
        {
            run.request_interrupt_window = _interrupt >= 0 ? (byte)1 : (byte)0;
            if (Libc.ioctl(_cpu, KvmIoctl.KVM_RUN, null) < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno is not (Errno.EINTR or Errno.EAGAIN))
                    throw new MachineException("run a vCPU (KVM_RUN)", errno, AdviceForRunning(errno));

                _operation = Operation.None;
                if (TryConsumeCancel())
                    return new VmExit { Kind = VmExitKind.Cancelled };

                continue;
            }

            _operation = Operation.None;
            if (_interrupt >= 0 && IsReadyForInterrupt
                && (KvmExit)run.exit_reason is KvmExit.KVM_EXIT_IRQ_WINDOW_OPEN or KvmExit.KVM_EXIT_HLT)
            {
                // An interrupt that waits ends a halt, so that the host never hears of it.
                InjectInterrupt();
                continue;
            }

            if (TryDecodeExit(ref run, out VmExit exit))
                return exit;
        }
    }

    // As the kernel saw it when it was in the vCPU last.
    private bool IsReadyForInterrupt => _area.Run.ready_for_interrupt_injection != 0 && _area.Run.if_flag != 0;

    private void InjectInterrupt()
    {
        var interrupt = new kvm_interrupt { irq = (uint)_interrupt };
        KvmIoctls.Do(_cpu, KvmIoctl.KVM_INTERRUPT, ref interrupt, $"deliver interrupt {_interrupt} (KVM_INTERRUPT)");
        _interrupt = -1;
    }

    private static string? AdviceForRunning(int errno) => errno switch
    {
        Errno.EFAULT => "The host could not bring in a page of the guest's memory.",
        _ => null,
    };

    private void ThrowUnlessIdle()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ThrowIfRunning();
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowRunning() => throw new InvalidOperationException("Another thread is running this vCPU.");
}
