namespace Lodge.Paging;

/// <summary>Where pages that are being mapped lead; for each kind the mapping is compiled once.</summary>
internal interface IMapTarget
{
    /// <summary>Who takes back what the pages lead to; null where they lead to what is somebody else's.</summary>
    IFrameAllocator? Frames { get; }

    /// <summary>The target for a page of a size, a multiple of it; false where there is none of this size.</summary>
    bool TryGet(ulong address, ulong size, out ulong target);

    /// <summary>Gives a target back that no entry can lead to.</summary>
    void GiveBack(ulong target, ulong size);
}
