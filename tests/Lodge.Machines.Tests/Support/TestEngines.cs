namespace Lodge.Machines.Tests;

/// <summary>The engines that guests are tried on, by name; the software engine in each way in which it can run code.</summary>
internal static class TestEngines
{
    /// <summary>The software engine that compiles nothing.</summary>
    public static IMachineEngine Interpreted { get; } = new SoftwareEngine(new SoftwareOptions { Compiles = false });

    /// <summary>The software engine that compiles what it executes a third time, before it goes on: by then it is known what
    /// follows, so that regions have more than one block.</summary>
    public static IMachineEngine Compiled { get; } = new SoftwareEngine(
        new SoftwareOptions { CompilesAfter = 3, CompilesAtOnce = true });

    /// <summary>All of them, also those that are missing here.</summary>
    public static IReadOnlyList<(string Name, IMachineEngine Engine)> All { get; } =
    [
        (Machines.Kvm.Name, Machines.Kvm),
        (Machines.Software.Name, Machines.Software),
        ("interpreted", Interpreted),
        ("compiled", Compiled),
    ];

    /// <summary>The two ways in which the software engine runs code.</summary>
    public static IReadOnlyList<(string Name, IMachineEngine Engine)> Variants { get; } = [.. All.Skip(2)];

    public static IMachineEngine Get(string name) => All.Single(engine => engine.Name == name).Engine;

    /// <summary>A way in which the software engine runs code, with other options besides.</summary>
    public static SoftwareEngine Variant(string name, Func<SoftwareOptions, SoftwareOptions> with)
        => new(with(((SoftwareEngine)Get(name)).Options));
}
