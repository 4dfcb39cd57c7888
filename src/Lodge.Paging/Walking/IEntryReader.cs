namespace Lodge.Paging;

/// <summary>Where a walk reads entries from; for each kind the walk is compiled once.</summary>
internal interface IEntryReader
{
    bool TryRead(ulong address, out ulong entry);
}
