using Lodge.Machines.Interop;

namespace Lodge.Machines;

// A write to a port or to MMIO is ended before registers are read, because KVM ends it only when the vCPU runs again, and until then
// has the instruction's own address in RIP. A read cannot be ended before it is answered; KVM takes registers that are set meanwhile.
internal sealed unsafe partial class KvmCpu
{
    public GeneralRegisters Registers
    {
        get
        {
            PrepareToRead();
            return GetRegisters();
        }

        set
        {
            PrepareToRead();
            if ((_operation != Operation.None || _kept is not null) && value.Rip != GetRegisters().Rip)
                Abandon();

            kvm_regs registers = KvmState.ToNative(value);
            KvmIoctls.Do(_cpu, KvmIoctl.KVM_SET_REGS, ref registers, "set the general registers (KVM_SET_REGS)");
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

    private void PrepareToRead()
    {
        ThrowUnlessIdle();
        EndWrite();
    }
}
