namespace Lodge.Paging;

/// <summary>They are forgotten.</summary>
internal struct NoTrace : IWalkTrace
{
    public readonly void Add(int level, ulong entryAddress, ulong entry)
    {
    }
}
