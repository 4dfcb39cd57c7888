namespace Lodge.Memory.Tests;

/// <summary>Lodge's own marks, by one of the ways to write.</summary>
internal sealed class LodgeMarks(string way) : ILitmusMarks, IDisposable
{
    private const ulong Address = 0x1000;

    private readonly GuestMemory _memory = GuestMemory.Anonymous(0x4000, new RegionOptions { Dirty = new DirtyBitmap(0x4000) });
    private readonly DirtyPages _pages = new();

    public void Write(ulong value)
    {
        switch (way)
        {
            case "typed":
                _memory.Write(Address, value);
                break;
            case "relaxed store":
                _memory.Store(Address, value, MemoryOrder.Relaxed);
                break;
            case "unaligned":
                // Whole at its first 8 bytes, and over a word's end so that it takes the slow way.
                _memory.Write(Address + 1, value);
                break;
            case "bytes":
                _memory.WriteExactly(Address, BitConverter.GetBytes(value));
                break;
            default:
                _memory.TryGetSlice(Address, 8, MemoryAccess.ReadWrite, out GuestSlice slice, out _);
                slice.Write(0, value);
                break;
        }
    }

    public bool Harvest()
    {
        _memory.HarvestDirty(_pages);
        return !_pages.IsEmpty;
    }

    public ulong Copy() => _memory.Read<ulong>(way == "unaligned" ? Address + 1 : Address);

    public void Dispose() => _memory.Dispose();
}
