using Iced.Intel;

namespace Lodge.Machines.Tests;

/// <summary>Something that a guest does which it should not.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Code">Its code. <c>hlt</c> follows.</param>
/// <param name="Outcome">How it ends.</param>
internal sealed record Attack(string Name, Action<Assembler> Code, Outcome Outcome)
{
    /// <summary>The ring in which it begins.</summary>
    public int Ring { get; init; }

    /// <summary>Whether all exceptions are handled on the first stack of the task state.</summary>
    public bool UsesInterruptStack { get; init; }

    /// <summary>Whether much memory is executed as code, each byte once: where all code is compiled at once, that takes
    /// minutes.</summary>
    public bool ExecutesMuchMemory { get; init; }

    /// <summary>What the host sets up after code and registers.</summary>
    public Action<HostileGuest>? Prepare { get; init; }
}
