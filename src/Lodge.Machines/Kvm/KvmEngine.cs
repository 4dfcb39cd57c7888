using System.Diagnostics.CodeAnalysis;

namespace Lodge.Machines;

/// <summary>The Linux kernel's virtualisation.</summary>
/// <remarks>
/// <para>Needs x86-64, <c>/dev/kvm</c> and the right to open it; <see cref="MissingBecause"/> says what is missing. The device is
/// opened once and stays open.</para>
/// <para>Machines have no interrupt controller and no timer of the kernel's: the host delivers interrupts
/// (<see cref="IVirtualCpu.TryInterrupt"/>). Guests see the processor of the host, without what that would need: nested
/// virtualisation, x2APIC, MONITOR, the hypervisor's own leaves. A disposed vCPU's number is not used again, so a machine makes
/// at most as many vCPUs in its life as KVM has at a time. At addresses 0xFFFB_C000 to 0xFFFC_0000 the kernel has pages of its
/// own on old processors of Intel; do not map memory there.</para>
/// <para><see cref="IVirtualCpu.Cancel"/> uses one real-time signal of the process, which it sets to be ignored: the highest that
/// nobody handles when the first vCPU is created. A program that handles it later breaks cancelling.</para>
/// <para>Processors of AMD keep the address of the last x87 instruction only while an exception of it is pending, and after a
/// triple fault they have lost their registers.</para>
/// <para>What the guest may read it may execute: slots have no right of their own for that. A bitmap that several slots share
/// (<see cref="RegionOptions.Dirty"/>) is harvested as a whole: with the first slot's pages come those that the host marked in
/// the others.</para>
/// <para>Registers may be set while the guest waits for a value: what was changed is used when the read is over. Setting RIP to
/// something else, or the system registers, gives the access up.</para>
/// </remarks>
public sealed class KvmEngine : IMachineEngine
{
    private object? _probeGate;
    private EngineProbe? _probe;

    /// <summary>The engine. Making one does nothing yet; <see cref="Machines.Kvm"/> is one that everybody can share.</summary>
    public KvmEngine()
    {
    }

    /// <inheritdoc/>
    public string Name => "kvm";

    /// <inheritdoc/>
    [MemberNotNullWhen(false, nameof(MissingBecause))]
    public bool IsAvailable => MissingBecause is null;

    /// <inheritdoc/>
    /// <remarks>Tried again each time, until it works.</remarks>
    public string? MissingBecause => KvmSystem.TryOpen(out _, out string? missing) ? null : missing;

    /// <inheritdoc/>
    public IVirtualMachine CreateMachine()
    {
        if (!KvmSystem.TryOpen(out KvmSystem? system, out string? missing))
            throw new MachineException(missing);

        return OperatingSystem.IsLinux() ? new KvmMachine(this, system) : throw new PlatformNotSupportedException();
    }

    /// <inheritdoc/>
    public EngineProbe Probe() => LazyInitializer.EnsureInitialized(ref _probe, ref _probeGate, () => EngineProber.Probe(this));
}
