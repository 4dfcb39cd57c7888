namespace Lodge.Paging;

/// <summary>Keeps memory that is given back until nobody can be using it any more.</summary>
internal sealed class FrameQuarantine(IFrameAllocator frames) : IFrameAllocator
{
    private readonly Lock _lock = new();
    private List<(GuestAddress Frame, ulong Size)> _kept = [];

    public bool TryAllocate(ulong size, out GuestAddress frame) => frames.TryAllocate(size, out frame);

    public bool Free(GuestAddress frame, ulong size)
    {
        lock (_lock)
            _kept.Add((frame, size));

        return true;
    }

    /// <summary>Passes on what nobody can have seen.</summary>
    public void FreeAtOnce(GuestAddress frame, ulong size) => frames.Free(frame, size);

    /// <summary>Waits until nobody uses what has been given back up to now, and passes it on.</summary>
    public void PassOn(Action wait)
    {
        List<(GuestAddress Frame, ulong Size)> ready;
        lock (_lock)
        {
            ready = _kept;
            _kept = [];
        }

        if (ready.Count == 0)
            return;

        wait();
        foreach ((GuestAddress frame, ulong size) in ready)
            frames.Free(frame, size);
    }
}
