namespace Lodge.Paging.Tests;

/// <summary>A frame allocator that knows every frame it handed out, fails when it is told to, and remembers what was wrong with the
/// calls it got.</summary>
internal sealed class WatchfulAllocator(IFrameAllocator inner) : IFrameAllocator
{
    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _frames = [];
    private readonly List<string> _problems = [];

    public WatchfulAllocator(ulong start, ulong length)
        : this(new FrameAllocator(new GuestRange(start, length)))
    {
    }

    /// <summary>How many allocations succeed from now on; the rest fail.</summary>
    public int Remaining { get; set; } = int.MaxValue;

    /// <summary>Is told of each frame that is handed out, and of each that is given back, before it is.</summary>
    public Action<string, GuestAddress, ulong>? Happened { get; set; }

    /// <summary>How many frames of 4 KiB are in use.</summary>
    public int InUse
    {
        get
        {
            lock (_lock)
                return _frames.Count;
        }
    }

    /// <summary>What was wrong with the calls; empty where nothing was.</summary>
    public string Problems
    {
        get
        {
            lock (_lock)
                return string.Join(Environment.NewLine, _problems);
        }
    }

    public bool TryAllocate(ulong size, out GuestAddress frame)
    {
        frame = default;
        if (Remaining == 0 || !inner.TryAllocate(size, out frame))
            return false;

        Remaining--;
        Happened?.Invoke("take", frame, size);
        lock (_lock)
        {
            for (ulong offset = 0; offset < size; offset += FrameAllocator.FrameBytes)
            {
                if (!_frames.Add(frame.Value + offset))
                    _problems.Add($"{frame} (0x{size:x} bytes) was handed out twice");
            }
        }

        return true;
    }

    public bool Free(GuestAddress frame, ulong size)
    {
        Happened?.Invoke("free", frame, size);
        lock (_lock)
        {
            for (ulong offset = 0; offset < size; offset += FrameAllocator.FrameBytes)
            {
                if (!_frames.Remove(frame.Value + offset))
                {
                    _problems.Add($"{frame} (0x{size:x} bytes) was given back and is not in use");
                    return false;
                }
            }
        }

        return inner.Free(frame, size);
    }
}
