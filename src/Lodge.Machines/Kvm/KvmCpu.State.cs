using Lodge.Machines.Interop;

namespace Lodge.Machines;

// A write to a port or to MMIO is ended before registers are read, because KVM ends it only when the vCPU runs again, and until
// then has the instruction's own address in RIP. A read cannot be ended before it is answered, and KVM would forget the answer if
// registers were set meanwhile: what the host changes is held until the read is over.
internal sealed unsafe partial class KvmCpu
{
    // Registers that were set while the guest waits for an answer, and what they were.
    private (GeneralRegisters Before, GeneralRegisters Wanted)? _held;

    public GeneralRegisters Registers
    {
        get
        {
            PrepareToRead();
            return _held?.Wanted ?? GetRegisters();
        }

        set
        {
            PrepareToRead();
            if (_operation != Operation.None || _kept is not null)
            {
                GeneralRegisters before = _held?.Before ?? GetRegisters();
                if (value.Rip == before.Rip && _operation != Operation.None)
                {
                    _held = (before, value);
                    return;
                }

                // Somewhere else the guest has nothing to do with what it was about.
                if (value.Rip != before.Rip)
                    Abandon();
            }

            SetRegisters(value);
        }
    }

    public SystemRegisters SystemRegisters
    {
        get
        {
            PrepareToRead();
            kvm_sregs registers = default;
            KvmIoctls.Do(_cpu, KvmIoctl.KVM_GET_SREGS, ref registers, "read the system registers (KVM_GET_SREGS)");
            return KvmState.FromNative(registers);
        }

        set
        {
            ThrowUnlessIdle();
            Abandon();
            kvm_sregs registers = KvmState.ToNative(value);
            KvmIoctls.Do(
                _cpu, KvmIoctl.KVM_SET_SREGS, ref registers, "set the system registers (KVM_SET_SREGS)",
                "Their values do not fit each other, or this processor does not have what they switch on.");

            // Without an interrupt controller of its own, KVM takes CR8 from here each time the vCPU runs.
            _area.Run.cr8 = value.Cr8;
            _shutdown = null;
        }
    }

    public DebugRegisters DebugRegisters
    {
        get
        {
            PrepareToRead();
            kvm_debugregs registers = default;
            KvmIoctls.Do(_cpu, KvmIoctl.KVM_GET_DEBUGREGS, ref registers, "read the debug registers (KVM_GET_DEBUGREGS)");
            return KvmState.FromNative(registers);
        }

        set
        {
            PrepareToRead();
            kvm_debugregs registers = KvmState.ToNative(value);
            KvmIoctls.Do(_cpu, KvmIoctl.KVM_SET_DEBUGREGS, ref registers, "set the debug registers (KVM_SET_DEBUGREGS)");
        }
    }

    public bool TryGetMsr(uint index, out ulong value)
    {
        PrepareToRead();
        var msr = new kvm_msr { nmsrs = 1, index = index };
        int done = KvmIoctls.Get(_cpu, KvmIoctl.KVM_GET_MSRS, ref msr, $"read MSR 0x{index:x} (KVM_GET_MSRS)");
        value = done == 1 ? msr.data : 0;
        return done == 1;
    }

    public bool TrySetMsr(uint index, ulong value)
    {
        PrepareToRead();
        var msr = new kvm_msr { nmsrs = 1, index = index, data = value };
        return KvmIoctls.Get(_cpu, KvmIoctl.KVM_SET_MSRS, ref msr, $"set MSR 0x{index:x} (KVM_SET_MSRS)") == 1;
    }

    public void ResetHiddenState()
    {
        ThrowUnlessIdle();
        Abandon();
        _hidden.ApplyTo(_cpu);
        _interrupt = -1;
        _shutdown = null;
    }

    public void SetDebugging(GuestDebugging? debugging)
    {
        PrepareToRead();
        kvm_guest_debug native = KvmState.ToNative(debugging);
        KvmIoctls.Do(_cpu, KvmIoctl.KVM_SET_GUEST_DEBUG, ref native, "switch debugging of the guest (KVM_SET_GUEST_DEBUG)");
    }

    private GeneralRegisters GetRegisters()
    {
        kvm_regs registers = default;
        KvmIoctls.Do(_cpu, KvmIoctl.KVM_GET_REGS, ref registers, "read the general registers (KVM_GET_REGS)");
        return KvmState.FromNative(registers);
    }

    private void SetRegisters(in GeneralRegisters value)
    {
        kvm_regs registers = KvmState.ToNative(value);
        KvmIoctls.Do(_cpu, KvmIoctl.KVM_SET_REGS, ref registers, "set the general registers (KVM_SET_REGS)");
    }

    /// <summary>After the guest's read: the host's changes, and the instruction's own where the host made none.</summary>
    private void SetHeldRegisters()
    {
        if (_held is not var (before, wanted))
            return;

        _held = null;
        SetRegisters(KvmState.WithChanges(GetRegisters(), before, wanted));
    }

    private void PrepareToRead()
    {
        ThrowUnlessIdle();
        EndWrite();
    }
}
