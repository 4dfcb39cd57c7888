namespace Lodge.Memory;

/// <summary>A mapping whose parts are disposed of one by one, and as a whole with the last of them.</summary>
internal sealed class DividedMapping
{
    private readonly HostMapping _mapping;
    private int _parts;

    /// <param name="mapping">The mapping, which is this object's from now on.</param>
    /// <param name="parts">How many parts will be taken.</param>
    public DividedMapping(HostMapping mapping, int parts)
    {
        _mapping = mapping;
        _mapping.IsDivided = true;
        _parts = parts;
    }

    /// <summary>A part, which nobody else has.</summary>
    public Part Take(ulong offset, ulong size) => new(this, offset, size);

    private void Dispose(ulong offset, ulong size)
    {
        // The last part may be of a huge page that it shares with the others: the whole can always go.
        if (Volatile.Read(ref _parts) > 1)
            _mapping.Discard(offset, size);

        if (Interlocked.Decrement(ref _parts) == 0)
            _mapping.Dispose();
    }

    /// <summary>A part and the right to dispose of it.</summary>
    public sealed class Part(DividedMapping whole, ulong offset, ulong size) : IDisposable
    {
        private int _disposed;

        public HostMapping Mapping => whole._mapping;

        public ulong Offset => offset;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) != 0)
                return;

            try
            {
                whole.Dispose(offset, size);
            }
            catch
            {
                // Refused, so it can be tried again.
                Volatile.Write(ref _disposed, 0);
                throw;
            }
        }
    }
}
