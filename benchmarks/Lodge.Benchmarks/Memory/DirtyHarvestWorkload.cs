using System.Globalization;
using System.Runtime.CompilerServices;
using Lodge.Benchmarks.Quick;
using Lodge.Memory;

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
    private readonly ulong[] _dirty;

    /// <param name="fraction">How many of the pages are dirty, from 0 to 1: so many different ones, anywhere.</param>
    public DirtyHarvestWorkload(double fraction)
    {
        _memory = GuestMemory.Anonymous(Size, new RegionOptions { Dirty = _bitmap });
        ulong[] offsets = [.. Enumerable.Range(0, AllPages).Select(page => (ulong)page * PageBytes)];
        new Random(1).Shuffle(offsets);
        _dirty = offsets[..(int)(AllPages * fraction)];

        // A bitmap that was never marked is all one zero page, and quicker to go through than a used one.
        _bitmap.Mark(0, Size);
        _memory.HarvestDirty(_pages);
        WorkingSet = string.Create(
            CultureInfo.InvariantCulture, $"{_dirty.Length:N0} of {AllPages:N0} pages dirty, a bitmap of {AllPages / 8 >> 10} KiB that was used before");
    }

    public override string WorkingSet { get; }

    public override bool NeedsPreparation => _dirty.Length != 0;

    public override void Prepare()
    {
        foreach (ulong offset in _dirty)
            _bitmap.Mark(offset, PageBytes);
    }

    public override ulong RunBatch()
    {
        ulong bytes = Run(_memory, _pages);
        return bytes == (ulong)_dirty.Length * PageBytes ? bytes : throw new InvalidOperationException("A dirty page is missing.");
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
