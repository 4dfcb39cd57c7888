namespace Lodge.Machines.Tests.Silicon;

/// <summary>What a case did.</summary>
internal sealed record CaseOutcome
{
    /// <summary>The exception that ended it; <see cref="Ended"/> where the code ran to its end, and <see cref="Endless"/> where
    /// it did not come to one.</summary>
    public required int Vector { get; init; }

    public const int Ended = 3;
    public const int Endless = 256;

    /// <summary>The exception's error code, or 0.</summary>
    public ulong ErrorCode { get; init; }

    /// <summary>CR2 of a page fault, else 0.</summary>
    public ulong Address { get; init; }

    /// <summary>The registers. RIP is that of the instruction that faulted, or of the int3 that comes next.</summary>
    public required ProcessorState End { get; init; }

    /// <summary>The data's words of 8 bytes that are not as they were, by their index, in the order of their addresses.</summary>
    public required IReadOnlyList<(int Index, ulong Value)> ChangedWords { get; init; }

    public bool Faulted => Vector != Ended;
}
