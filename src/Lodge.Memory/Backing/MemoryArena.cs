using System.Runtime.ConstrainedExecution;

namespace Lodge.Memory;

/// <summary>One reservation from which the memory of many regions is taken: one mapping instead of many.</summary>
/// <remarks>
/// A piece's memory is given back when its region is disposed of; its place is used again only when the last region (and with it
/// every slice) over it is unreachable, so nobody ever sees another's data. Pieces are handed out first fit, lowest first, in
/// whole pages. Thread-safe.
/// </remarks>
public sealed class MemoryArena : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HostMapping _mapping;

    // Free places by offset; neighbours are always joined.
    private readonly SortedList<ulong, ulong> _free = [];

    /// <summary>An arena with memory of its own.</summary>
    /// <param name="size">The size in bytes; rounded up to whole pages. Memory is taken from the system on first touch.</param>
    /// <param name="options">How to map it.</param>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public MemoryArena(ulong size, MappingOptions? options = null)
    {
        _mapping = HostMapping.Anonymous(size, options);
        _mapping.IsDivided = true;
        _free.Add(0, _mapping.Size);
    }

    /// <summary>The size in bytes.</summary>
    public ulong Size => _mapping.Size;

    /// <summary>How many bytes are free now. What was disposed of but is still reachable does not count.</summary>
    public ulong FreeBytes
    {
        get
        {
            lock (_lock)
            {
                ulong sum = 0;
                foreach (ulong size in _free.Values)
                    sum += size;

                return sum;
            }
        }
    }

    /// <summary>Gives back the memory of the arena and of all of its regions, at once.</summary>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public void Dispose() => _mapping.Dispose();

    internal Block Allocate(ulong size)
    {
        ObjectDisposedException.ThrowIf(_mapping.IsDisposed, this);
        size = Alignment.Up(size, Granule);
        return TryAllocate(size) ?? AllocateAfterCollection(size);
    }

    internal Block AllocateRemaining()
    {
        ObjectDisposedException.ThrowIf(_mapping.IsDisposed, this);
        lock (_lock)
        {
            int best = -1;
            for (int i = 0; i < _free.Count; i++)
            {
                if (best < 0 || _free.GetValueAtIndex(i) > _free.GetValueAtIndex(best))
                    best = i;
            }

            return best >= 0
                ? TakeUnsynchronized(best, _free.GetValueAtIndex(best))
                : throw new HostMemoryException($"The arena of {Size} bytes has nothing left.");
        }
    }

    private Block? TryAllocate(ulong size)
    {
        lock (_lock)
        {
            for (int i = 0; i < _free.Count; i++)
            {
                if (_free.GetValueAtIndex(i) >= size)
                    return TakeUnsynchronized(i, size);
            }

            return null;
        }
    }

    // Pieces that nobody uses any more may only be waiting for the garbage collector, which does not know that they are wanted.
    // Their finalizers run on another thread; the wait for them is bounded, because one may wait for a lock of our caller's.
    private Block AllocateAfterCollection(ulong size)
    {
        GC.Collect();
        for (int waits = 0; waits < 20; waits++)
        {
            if (TryAllocate(size) is { } block)
                return block;

            Thread.Sleep(1);
        }

        throw new HostMemoryException($"The arena of {Size} bytes has no free piece of {size} bytes ({FreeBytes} are free in all).");
    }

    private ulong Granule => Math.Max(PageSize.Host.Bytes, _mapping.HugePageBytes);

    private Block TakeUnsynchronized(int index, ulong size)
    {
        ulong offset = _free.GetKeyAtIndex(index);
        ulong left = _free.GetValueAtIndex(index) - size;
        _free.RemoveAt(index);
        if (left != 0)
            _free.Add(offset + size, left);

        return new Block(this, _mapping, offset, size);
    }

    private void Recycle(ulong offset, ulong size)
    {
        lock (_lock)
        {
            _free.Add(offset, size);
            int index = _free.IndexOfKey(offset);
            JoinWithNextUnsynchronized(index);
            if (index > 0)
                JoinWithNextUnsynchronized(index - 1);
        }
    }

    private void JoinWithNextUnsynchronized(int index)
    {
        if (index + 1 >= _free.Count)
            return;

        ulong offset = _free.GetKeyAtIndex(index);
        ulong size = _free.GetValueAtIndex(index);
        if (offset + size != _free.GetKeyAtIndex(index + 1))
            return;

        _free.SetValueAtIndex(index, size + _free.GetValueAtIndex(index + 1));
        _free.RemoveAt(index + 1);
    }

    /// <summary>A piece in use. It comes back to the arena when it is unreachable.</summary>
    internal sealed class Block : CriticalFinalizerObject, IDisposable
    {
        private readonly MemoryArena _arena;

        public Block(MemoryArena arena, HostMapping mapping, ulong offset, ulong size)
        {
            _arena = arena;
            Mapping = mapping;
            Offset = offset;
            Size = size;

            // Finalizers run in no order, and this one's needs the address range.
            bool added = false;
            mapping.SafeHandle.DangerousAddRef(ref added);
        }

        ~Block()
        {
            // A straggler may have written after disposal, so the place is cleared when nobody can any more. One that cannot be
            // cleared is never used again: an exception here would end the process.
            if (Mapping.TryDiscard(Offset, Size))
                _arena.Recycle(Offset, Size);

            Mapping.SafeHandle.DangerousRelease();
        }

        public HostMapping Mapping { get; }

        public ulong Offset { get; }

        public ulong Size { get; }

        public void Dispose() => Mapping.Discard(Offset, Size);

        /// <summary>Ends a block that nobody has used.</summary>
        public void GiveBack()
        {
            GC.SuppressFinalize(this);
            Mapping.SafeHandle.DangerousRelease();
            _arena.Recycle(Offset, Size);
        }
    }
}
