namespace Lodge.Memory;

public sealed partial class MemoryRegion
{
    /// <summary>The host memory of a region and who may give it back. Holding it keeps an arena's block from being
    /// recycled.</summary>
    private sealed class Backing(HostMapping mapping, ulong offset, IDisposable? owned)
    {
        private int _disposed;

        public HostMapping Mapping { get; } = mapping;

        public ulong Offset { get; } = offset;

        public bool IsDisposed => Volatile.Read(ref _disposed) != 0 || Mapping.IsDisposed;

        public void Dispose()
        {
            // Disposing of the memory may be refused, so the region is disposed of only after that.
            owned?.Dispose();
            Volatile.Write(ref _disposed, 1);
        }
    }
}
