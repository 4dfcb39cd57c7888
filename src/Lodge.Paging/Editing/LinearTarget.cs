namespace Lodge.Paging;

/// <summary>Pages that lead to their address plus something.</summary>
internal readonly struct LinearTarget(ulong delta) : IMapTarget
{
    public IFrameAllocator? Frames => null;

    public bool TryGet(ulong address, ulong size, out ulong target)
    {
        target = unchecked(address + delta);
        return (target & (size - 1)) == 0;
    }

    public void GiveBack(ulong target, ulong size)
    {
    }
}
