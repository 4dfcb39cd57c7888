namespace Lodge.Sandbox;

/// <summary>Gives out the pages of a range one after the other, as guests do.</summary>
internal sealed class BumpFrames(GuestRange range) : IFrameAllocator
{
    private ulong _used;

    /// <summary>How many bytes were given out, from the beginning.</summary>
    public ulong UsedBytes => _used;

    public bool TryAllocate(ulong size, out GuestAddress frame)
    {
        frame = range.Start + _used;
        if (size > range.Length - _used)
            return false;

        _used += size;
        return true;
    }

    public bool Free(GuestAddress frame, ulong size) => false;
}
