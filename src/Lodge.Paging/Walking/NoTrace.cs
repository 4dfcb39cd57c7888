namespace Lodge.Paging;

/// <summary>A trace that forgets what a walk read.</summary>
internal struct NoTrace : IWalkTrace
{
    public readonly void Add(int level, ulong entryAddress, ulong entry)
    {
    }
}
