namespace Lodge.Paging;

/// <summary>What becomes of the entries that a walk reads; for each kind the walk is compiled once.</summary>
internal interface IWalkTrace
{
    void Add(int level, ulong entryAddress, ulong entry);
}

/// <summary>They are forgotten.</summary>
internal struct NoTrace : IWalkTrace
{
    public readonly void Add(int level, ulong entryAddress, ulong entry)
    {
    }
}

/// <summary>They are kept.</summary>
internal ref struct FullTrace(ref PageWalk walk) : IWalkTrace
{
    private readonly ref PageWalk _walk = ref walk;

    public readonly void Add(int level, ulong entryAddress, ulong entry) => _walk.Add(level, entryAddress, entry);
}
