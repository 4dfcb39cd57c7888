namespace Lodge.Paging;

/// <summary>Pages that lead to memory which nobody else uses, filled with zeros.</summary>
internal readonly struct FreshTarget(IFrameAllocator frames, IAddressSpace memory) : IMapTarget
{
    public IFrameAllocator? Frames => frames;

    public bool TryGet(ulong address, ulong size, out ulong target)
    {
        target = 0;
        if (!frames.TryAllocate(size, out GuestAddress frame))
            return false;

        if (!memory.TryFill(frame, size, 0, out _))
        {
            GiveBack(frame.Value, size);
            return false;
        }

        target = frame.Value;
        return true;
    }

    public void GiveBack(ulong target, ulong size) => PageTableEditor.GiveBackUnseen(frames, target, size);
}
