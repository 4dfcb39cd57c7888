namespace Lodge.Machines;

/// <summary>An x86-64 processor in software, which runs anywhere.</summary>
/// <remarks>It runs 64-bit mode; a vCPU in another mode stops with <see cref="VmExitKind.InternalError"/>. Each vCPU counts its
/// instructions exactly (<see cref="SoftwareCpu"/>).</remarks>
public sealed class SoftwareEngine : IMachineEngine
{
    private readonly Lazy<EngineProbe> _probe;

    /// <summary>An engine with options.</summary>
    /// <param name="options">How its vCPUs run; <see cref="SoftwareOptions.Default"/> where nothing is said.</param>
    public SoftwareEngine(SoftwareOptions? options = null)
    {
        Options = options ?? SoftwareOptions.Default;
        _probe = new Lazy<EngineProbe>(() => EngineProber.Probe(this));
    }

    /// <summary>How its vCPUs run.</summary>
    public SoftwareOptions Options { get; }

    /// <inheritdoc/>
    public string Name => "software";

    /// <inheritdoc/>
    public bool IsAvailable => true;

    /// <inheritdoc/>
    public string? MissingBecause => null;

    /// <inheritdoc/>
    public IVirtualMachine CreateMachine() => new SoftwareMachine(this);

    /// <inheritdoc/>
    public EngineProbe Probe() => _probe.Value;
}
