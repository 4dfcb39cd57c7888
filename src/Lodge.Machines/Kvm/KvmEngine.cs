namespace Lodge.Machines;

/// <summary>The Linux kernel's virtualisation.</summary>
public sealed class KvmEngine : IMachineEngine
{
    /// <inheritdoc/>
    public string Name => "kvm";

    /// <inheritdoc/>
    public bool IsAvailable => false;

    /// <inheritdoc/>
    public string? MissingBecause => "This build has no KVM engine yet.";

    /// <inheritdoc/>
    public IVirtualMachine CreateMachine() => throw new MachineException(MissingBecause!);

    /// <inheritdoc/>
    public EngineProbe Probe() => throw new MachineException(MissingBecause!);
}
