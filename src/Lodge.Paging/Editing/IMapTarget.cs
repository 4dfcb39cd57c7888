namespace Lodge.Paging;

/// <summary>Where pages that are being mapped lead; for each kind the mapping is compiled once.</summary>
internal interface IMapTarget
{
    /// <summary>The target for a page of a size, a multiple of it; false where there is none of this size.</summary>
    bool TryGet(ulong address, ulong size, out ulong target);
}

/// <summary>The target is the address plus something.</summary>
internal readonly struct LinearTarget(ulong delta) : IMapTarget
{
    public bool TryGet(ulong address, ulong size, out ulong target)
    {
        target = unchecked(address + delta);
        return (target & (size - 1)) == 0;
    }
}

/// <summary>The target is memory that nobody else uses, filled with zeros.</summary>
internal readonly struct FreshTarget(IFrameAllocator frames, IAddressSpace memory) : IMapTarget
{
    public bool TryGet(ulong address, ulong size, out ulong target)
    {
        target = 0;
        if (!frames.TryAllocate(size, out GuestAddress frame))
            return false;

        if (!memory.TryFill(frame, size, 0, out _))
        {
            frames.Free(frame, size);
            return false;
        }

        target = frame.Value;
        return true;
    }
}
