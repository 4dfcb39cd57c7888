using System.Runtime.Versioning;
using Lodge.Machines.Interop;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Machines;

/// <summary>A machine of KVM.</summary>
/// <remarks>Everything but the vCPUs' runs happens under one lock. A machine that nobody disposed of lets go of its memory when
/// it is collected: by then nobody can run its vCPUs, because whoever has one has the machine.</remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe partial class KvmMachine : IVirtualMachine
{
    // Where the kernel keeps a task-state segment for real mode on processors that cannot do without: three pages that usual
    // machines keep free, as its documentation of KVM_SET_TSS_ADDR asks for.
    private const nuint TssAddress = 0xFFFB_D000;

    private readonly KvmSystem _system;
    private readonly SafeFileHandle _vm;
    private readonly int _xsaveSize;
    private readonly Lock _gate = new();
    private readonly List<KvmCpu> _cpus = [];

    private int _cpusMade;
    private bool _isDisposed;

    public KvmMachine(KvmEngine engine, KvmSystem system)
    {
        Engine = engine;
        _system = system;
        _slots = new MachineSlots(this, system.MostSlots);
        _vm = system.CreateVm();
        try
        {
            if (system.HasTssAddress)
                KvmIoctls.Do(_vm, KvmIoctl.KVM_SET_TSS_ADDR, TssAddress, "place KVM's task-state segment (KVM_SET_TSS_ADDR)");

            int xsave = KvmIoctls.Do(
                _vm, KvmIoctl.KVM_CHECK_EXTENSION, KvmCap.KVM_CAP_XSAVE2, "ask for the size of the FPU's state");
            _xsaveSize = Math.Max(xsave, KvmCpu.UsualXsaveSize);
        }
        catch
        {
            _vm.Dispose();
            throw;
        }
    }

    public IMachineEngine Engine { get; }

    public IVirtualCpu CreateCpu()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            int number = _cpusMade;
            int fd = KvmIoctls.Do(
                _vm, KvmIoctl.KVM_CREATE_VCPU, (nuint)number, $"create vCPU {number} (KVM_CREATE_VCPU)",
                "A machine makes at most as many vCPUs in its life as KVM has at a time.");
            _cpusMade++;
            var handle = new SafeFileHandle(fd, ownsHandle: true);
            try
            {
                var cpu = new KvmCpu(this, number, handle, _system, _xsaveSize);
                _cpus.Add(cpu);
                return cpu;
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
    }

    /// <summary>Disposes of a vCPU, unless it runs.</summary>
    public void Remove(KvmCpu cpu)
    {
        lock (_gate)
        {
            cpu.DisposeUnsynchronized();
            _cpus.Remove(cpu);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;

            foreach (KvmCpu cpu in _cpus)
                cpu.ThrowIfRunning();

            // The kernel keeps a machine until its last vCPU and the last mapping of one are gone.
            while (_cpus.Count > 0)
            {
                _cpus[^1].DisposeUnsynchronized();
                _cpus.RemoveAt(_cpus.Count - 1);
            }

            _isDisposed = true;
            _vm.Dispose();
            _slots.ReleaseAll();
        }
    }
}
