using System.Globalization;
using System.Runtime.CompilerServices;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.HarvestDirty"/> of a 4 GiB guest, and going through all of the ranges.</summary>
internal sealed class DirtyHarvestWorkload : Workload
{
    private const ulong Size = 4UL << 30;
    private const ulong PageBytes = 4 << 10;
    private const int AllPages = (int)(Size / PageBytes);

    private readonly DirtyBitmap _bitmap = new(Size);
    private readonly DirtyPages _pages = new();
    private readonly GuestMemory _memory;
    private readonly ulong[] _shuffled;
    private readonly int _count;
    private int _next;

    /// <param name="fraction">How many of the pages are dirty, from 0 to 1: so many different ones, anywhere.</param>
    public DirtyHarvestWorkload(double fraction)
    {
        _memory = GuestMemory.Anonymous(Size, new RegionOptions { Dirty = _bitmap });
        _shuffled = [.. Enumerable.Range(0, AllPages).Select(page => (ulong)page * PageBytes)];
        new Random(1).Shuffle(_shuffled);
        _count = (int)(AllPages * fraction);

        // A bitmap that was never marked is all one zero page, and quicker to go through than a used one.
        _bitmap.Mark(0, Size);
        _memory.HarvestDirty(_pages);
        WorkingSet = string.Create(
            CultureInfo.InvariantCulture, $"{_count:N0} of {AllPages:N0} pages dirty, others each time; a bitmap of {AllPages / 8 >> 10} KiB that was used before");
    }

    public override string WorkingSet { get; }

    public override bool NeedsPreparation => _count != 0;

    // The same pages each time would be known to the branch predictor after a while.
    public override void Prepare()
    {
        if (_next > AllPages - _count)
            _next = 0;

        foreach (ulong offset in _shuffled.AsSpan(_next, _count))
            _bitmap.Mark(offset, PageBytes);

        _next += _count;
    }

    public override ulong RunBatch()
    {
        ulong bytes = Run(_memory, _pages);
        return bytes == (ulong)_count * PageBytes ? bytes : throw new InvalidOperationException("A dirty page is missing.");
    }

    public override void Dispose() => _memory.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory, DirtyPages pages)
    {
        ulong bytes = 0;
        memory.HarvestDirty(pages);
        foreach (GuestRange range in pages)
            bytes += range.Length;

        return bytes;
    }
}
