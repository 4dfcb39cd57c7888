using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>Where the writes to a region are marked: a bitmap taken apart, so that marking takes no call and no object.</summary>
/// <remarks>Who uses one holds the <see cref="DirtyBitmap"/> that it is of.</remarks>
internal readonly unsafe struct DirtyTarget
{
    private readonly ulong* _words;
    private readonly ulong _bias;
    private readonly ulong _shift;

    /// <param name="bitmap">The bitmap.</param>
    /// <param name="bias">What to add to an address, wrapping, to get the offset in the bitmap.</param>
    public DirtyTarget(DirtyBitmap bitmap, ulong bias)
    {
        _words = bitmap.Words;
        _bias = bias;
        _shift = (ulong)bitmap.PageSize.Shift;
    }

    /// <summary>Whether the page of an address is marked already; if not, which bit of which word it is.</summary>
    /// <remarks>For bitmaps of our own only: in shared memory a mark is never left out.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsMarked(ulong address, out ulong* word, out ulong page)
    {
        // In bounds: the region lies in the bitmap, which was checked when they were brought together.
        page = unchecked(address + _bias) >> (int)_shift;
        word = _words + (page >> 6);
        return ((Volatile.Read(ref *word) >> (int)page) & 1) != 0;
    }
}
