namespace Lodge.Cli.Tests;

/// <summary>An engine that is as a test wants it.</summary>
internal sealed class FakeEngine(string name) : IMachineEngine
{
    public string Name { get; } = name;

    public bool IsAvailable => MissingBecause is null;

    public string? MissingBecause { get; init; }

    public EngineProbe? Seen { get; init; }

    public IVirtualMachine CreateMachine() => throw new MachineException("It makes no machines.");

    public EngineProbe Probe() => Seen ?? throw new MachineException("Its probe failed.");
}
