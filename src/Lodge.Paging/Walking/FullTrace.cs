namespace Lodge.Paging;

/// <summary>A trace that keeps what a walk read.</summary>
internal ref struct FullTrace(ref PageWalk walk) : IWalkTrace
{
    private readonly ref PageWalk _walk = ref walk;

    public readonly void Add(int level, ulong entryAddress, ulong entry) => _walk.Add(level, entryAddress, entry);
}
