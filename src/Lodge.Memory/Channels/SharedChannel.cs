namespace Lodge.Memory;

/// <summary>One side of shared memory between two guests. See <see cref="SharedChannels{TKey}"/>.</summary>
/// <remarks>Regions made of it belong to this side and go with it. Thread-safe.</remarks>
public sealed class SharedChannel : IDisposable
{
    private readonly SharedMemoryFile _file;
    private readonly Action _letGo;
    private readonly Lock _lock = new();
    private readonly List<MemoryRegion> _regions = [];
    private bool _isDisposed;

    internal SharedChannel(SharedMemoryFile file, Action letGo)
    {
        _file = file;
        _letGo = letGo;
    }

    /// <summary>The size in bytes.</summary>
    public ulong Size => _file.Size;

    /// <summary>Makes a region of the channel's memory for a guest of this side.</summary>
    /// <param name="start">Its first address, a multiple of the page size.</param>
    /// <param name="options">What the guest may do, label and so on; RAM by default.</param>
    /// <exception cref="ObjectDisposedException">This side has let go.</exception>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public MemoryRegion CreateRegion(GuestAddress start, RegionOptions? options = null)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var region = MemoryRegion.Shared(start, _file, 0, Size, options);
            _regions.Add(region);
            return region;
        }
    }

    /// <summary>Lets go: this side's regions are disposed of. The other side keeps the memory until it lets go, too.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;

            foreach (MemoryRegion region in _regions)
                region.Dispose();

            _isDisposed = true;
        }

        _letGo();
    }
}
