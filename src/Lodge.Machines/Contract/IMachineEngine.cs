using System.Diagnostics.CodeAnalysis;

namespace Lodge.Machines;

/// <summary>Something that can run virtual machines.</summary>
public interface IMachineEngine
{
    /// <summary>A short name, as <c>kvm</c>.</summary>
    string Name { get; }

    /// <summary>Whether machines can be created here and now.</summary>
    [MemberNotNullWhen(false, nameof(MissingBecause))]
    bool IsAvailable { get; }

    /// <summary>Why not, and what can be done about it; null where they can.</summary>
    string? MissingBecause { get; }

    /// <summary>Creates a machine without memory and vCPUs.</summary>
    /// <exception cref="MachineException">It is not available, or the system refused.</exception>
    IVirtualMachine CreateMachine();

    /// <summary>Runs a few instructions and says what the engine really executes. Done once, then remembered.</summary>
    /// <exception cref="MachineException">It is not available, or the system refused.</exception>
    EngineProbe Probe();
}
