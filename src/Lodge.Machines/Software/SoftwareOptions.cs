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

    /// <summary>The first value of <see cref="TranslationBudget"/>: 32 MiB.</summary>
    public const long DefaultTranslationBudget = 32L << 20;

    internal const long LeastTranslationBudget = 1L << 20;

    private readonly long _translationBudget = DefaultTranslationBudget;

    /// <summary>About how many bytes the decoded instructions of one slot may take: 40 for each, and 5,000 for each page with
    /// code. Above that they are thrown away, and decoded again where they are needed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1 MiB.</exception>
    public long TranslationBudget
    {
        get => _translationBudget;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, LeastTranslationBudget);
            _translationBudget = value;
        }
    }

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
