namespace Lodge.Machines;

/// <summary>What this host offers for running guest code.</summary>
public static class Machines
{
    private static readonly Lazy<IMachineEngine> BestEngine = new(FindBest);

    /// <summary>The kernel's virtualisation.</summary>
    public static KvmEngine Kvm { get; } = new();

    /// <summary>The software CPU, with its usual options.</summary>
    public static SoftwareEngine Software { get; } = new();

    /// <summary>Every engine that there is, the fastest first, also those that are missing here:
    /// <see cref="IMachineEngine.MissingBecause"/> says why.</summary>
    public static IReadOnlyList<IMachineEngine> All { get; } = [Kvm, Software];

    /// <summary>The engines that can run machines here and now.</summary>
    public static IReadOnlyList<IMachineEngine> Available => [.. All.Where(engine => engine.IsAvailable)];

    /// <summary>The fastest engine that runs everything that a guest may do, as its probe saw. Found once, then
    /// remembered.</summary>
    public static IMachineEngine Best() => BestEngine.Value;

    private static IMachineEngine FindBest()
        => All.FirstOrDefault(engine => engine.IsAvailable && engine.Probe().RunsEverything) ?? Software;
}
