using Microsoft.Extensions.Logging;

namespace Lodge.Machines;

/// <summary>How the software CPU runs.</summary>
public sealed record SoftwareOptions
{
    /// <summary>The usual options.</summary>
    public static SoftwareOptions Default { get; } = new();

    /// <summary>Whether time is the count of executed instructions, so that a guest that reads it does the same in every
    /// run. Otherwise the time-stamp counter counts nanoseconds.</summary>
    public bool DeterministicTime { get; init; }

    /// <summary>Whether code that is executed often is compiled, where the runtime allows that. What a guest does is the same
    /// with and without; it is several times faster with.</summary>
    public bool Compiles { get; init; } = true;

    /// <summary>How often a block of code is executed before it is compiled.</summary>
    internal int CompilesAfter { get; init; } = 500;

    /// <summary>Whether that happens on the vCPU's own thread, for tests.</summary>
    internal bool CompilesAtOnce { get; init; }

    /// <summary>Where it is said which instructions of a guest are not known, each address once; nowhere by default.</summary>
    public ILogger? Logger { get; init; }
}
