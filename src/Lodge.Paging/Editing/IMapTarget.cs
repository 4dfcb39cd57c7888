namespace Lodge.Paging;

/// <summary>Where pages that are being mapped lead; for each kind the mapping is compiled once.</summary>
internal interface IMapTarget
{
    /// <summary>The target for a page of a size, a multiple of it; false where there is none of this size.</summary>
    bool TryGet(ulong address, ulong size, out ulong target);
}
