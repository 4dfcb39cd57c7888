namespace Lodge.Paging;

/// <summary>What becomes of the entries that a walk reads; for each kind the walk is compiled once.</summary>
internal interface IWalkTrace
{
    void Add(int level, ulong entryAddress, ulong entry);
}
