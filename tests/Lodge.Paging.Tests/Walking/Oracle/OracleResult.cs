namespace Lodge.Paging.Tests;

/// <summary>What an oracle says of an access: a page, or why and where there is none.</summary>
internal sealed record OracleResult
{
    public PageWalkFailureKind Kind { get; init; }

    /// <summary>Level 1 has the smallest pages, whatever the architecture calls it.</summary>
    public int Level { get; init; }

    public ulong EntryAddress { get; init; }

    public ulong Entry { get; init; }

    public ulong Address { get; init; }

    public ulong PageBytes { get; init; }

    public MemoryAccess Supervisor { get; init; }

    public MemoryAccess User { get; init; }

    public MemoryType MemoryType { get; init; }

    /// <summary>The entries that were read, the root's first, as they were.</summary>
    public IReadOnlyList<OracleStep> Entries { get; init; } = [];

    /// <summary>What the processor writes to entries.</summary>
    public IReadOnlyList<OracleStep> Updates { get; init; } = [];
}
