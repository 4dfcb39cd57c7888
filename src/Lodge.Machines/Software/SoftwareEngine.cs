namespace Lodge.Machines;

/// <summary>An x86-64 processor in software, which runs anywhere.</summary>
public sealed class SoftwareEngine : IMachineEngine
{
    /// <inheritdoc/>
    public string Name => "software";

    /// <inheritdoc/>
    public bool IsAvailable => false;

    /// <inheritdoc/>
    public string? MissingBecause => "This build has no software engine yet.";

    /// <inheritdoc/>
    public IVirtualMachine CreateMachine() => throw new MachineException(MissingBecause!);

    /// <inheritdoc/>
    public EngineProbe Probe() => throw new MachineException(MissingBecause!);
}
