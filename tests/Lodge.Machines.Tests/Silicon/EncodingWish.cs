namespace Lodge.Machines.Tests.Silicon;

/// <summary>What an instruction's bytes are to be, where it can be chosen.</summary>
internal sealed record EncodingWish
{
    /// <summary>The address of the instruction.</summary>
    public required ulong Address { get; init; }

    /// <summary>The linear address of its operand in memory. Where base registers are involved, it is for their values to make it
    /// come true.</summary>
    public required ulong Target { get; init; }

    /// <summary>The chance that an operand that can be memory is.</summary>
    public int MemoryPercent { get; init; } = 60;

    /// <summary>Whether prefixes are to be seen that say nothing new.</summary>
    public bool Odd { get; init; } = true;

    /// <summary>The only register that may be a base, by its number, and what it has; there is no index then.</summary>
    public (int Register, ulong Value)? Base { get; init; }

    /// <summary>Where a relative branch may go.</summary>
    public ulong? BranchTarget { get; init; }
}
