using System.Numerics;
using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>Finds the region of an address: by one table read where a whole granule of addresses lies in one region, by a search
/// without branches everywhere else.</summary>
/// <remarks>
/// <code>
///   address ─► granule = (address − window start) >> shift
///                 │ in the window                    │ outside, or no entry there
///                 ▼                                  ▼
///   host = readable[granule] + address        search the regions' starts
/// </code>
/// An entry is the distance from guest to host address, the same for a whole granule. Its lowest three bits are zero, because
/// guest and host addresses agree in theirs; so bit 0 is free to say that this is no plain entry (<see cref="None"/>), and one
/// test of (entry | address) finds that or a misaligned address. Of the two tables one is for reading and one for writing; what a
/// region forbids has no entry, and writes that a dirty bitmap has to see have a marked one (<see cref="Tracked"/>). The granule
/// is the largest that the regions' boundaries allow, and larger (with some granules left to the search) where the tables would
/// outgrow their limit; regions far away from the rest stay outside the window.
/// </remarks>
internal sealed unsafe class RegionIndex
{
    private const int MinimumShift = 12;

    /// <summary>Two tables of host deltas and one of region numbers.</summary>
    private const int BytesPerGranule = (2 * sizeof(long)) + sizeof(int);

    /// <summary>What the tables may take in all, in bytes, for a map of few regions, and for any.</summary>
    public const int SmallLimit = 64 << 10;
    public const int Limit = 1 << 20;

    /// <summary>The table entry of a granule that has no one distance, or no right to the access.</summary>
    public const nint None = 1;

    /// <summary>The bits in a table entry that say that a write has to be marked in a dirty bitmap.</summary>
    public const nint Tracked = 3;

    private readonly MemoryRegion[] _regions;
    private readonly ulong[] _starts;

    public RegionIndex(MemoryRegion[] sortedRegions)
    {
        _regions = sortedRegions;
        _starts = new ulong[sortedRegions.Length];
        Entries = new RegionEntry[sortedRegions.Length];
        DirtyTargets = NewTable<DirtyTarget>(sortedRegions.Length);
        for (int i = 0; i < sortedRegions.Length; i++)
        {
            _starts[i] = sortedRegions[i].Start.Value;
            Entries[i] = new RegionEntry(sortedRegions[i]);
            if (Entries[i].Dirty is { } bitmap)
                DirtyTargets[i] = new DirtyTarget(bitmap, Entries[i].DirtyBias);
        }

        int granuleLimit = Math.Clamp(sortedRegions.Length * (SmallLimit / 16), SmallLimit, Limit) / BytesPerGranule;
        Window window = ChooseWindow(sortedRegions, granuleLimit);
        WindowStart = window.Start;
        Shift = window.Shift;
        RegionOfGranule = NewTable<int>(window.Granules);
        Readable = NewTable<nint>(window.Granules);
        Writable = FillTables() ? Readable : NewTable<nint>(window.Granules);
        if (Writable != Readable)
            FillWritable();
    }

    /// <summary>The address that granule 0 starts at.</summary>
    public ulong WindowStart { get; }

    /// <summary>The logarithm of the granule's size.</summary>
    public int Shift { get; }

    /// <summary>By granule, host minus guest address where all of it may be read; <see cref="None"/> elsewhere.</summary>
    public nint[] Readable { get; }

    /// <summary>The same for writing, with <see cref="Tracked"/> where somebody keeps a dirty bitmap. The same array as
    /// <see cref="Readable"/> where both have the same entries.</summary>
    public nint[] Writable { get; }

    /// <summary>What an access needs to know of each region.</summary>
    public RegionEntry[] Entries { get; }

    /// <summary>By region, where its writes are marked.</summary>
    public DirtyTarget[] DirtyTargets { get; }

    /// <summary>By granule, the number of the region that all of it lies in; −1 where there is no such region.</summary>
    public int[] RegionOfGranule { get; }

    /// <summary>What the tables take, in bytes.</summary>
    public int TableBytes
        => ((Readable.Length + (Writable == Readable ? 0 : Writable.Length)) * sizeof(long)) + (RegionOfGranule.Length * sizeof(int));

    /// <summary>The number of the region that an address lies in, or −1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong address)
    {
        ulong granule = (address - WindowStart) >> Shift;
        int[] numbers = RegionOfGranule;
        if (granule < (uint)numbers.Length)
        {
            int number = numbers[(int)granule];
            if (number >= 0)
                return number;
        }

        return Search(address);
    }

    /// <summary>Whether an address lies in a region.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(ulong address) => Find(address) >= 0;

    /// <summary>The number of the last region that starts at or below an address; 0 if there is none.</summary>
    public int SearchStart(ulong address)
    {
        ulong[] starts = _starts;
        int low = 0;
        for (int count = starts.Length; count > 1;)
        {
            // A comparison as a number: a branch here would be taken at random, and the JIT makes no conditional move in loops.
            int half = count >> 1;
            int isAtOrBelow = Unsafe.BitCast<bool, byte>(starts[low + half] <= address);
            low += half & -isAtOrBelow;
            count -= half;
        }

        return low;
    }

    private int Search(ulong address)
    {
        if (_starts.Length == 0)
            return -1;

        int found = SearchStart(address);
        return address - _starts[found] < Entries[found].Size ? found : -1;
    }

    // Returns whether writing has the same entries as reading.
    private bool FillTables()
    {
        Array.Fill(RegionOfGranule, -1);
        Array.Fill(Readable, None);
        bool isSame = true;
        for (int number = 0; number < _regions.Length; number++)
        {
            isSame &= ReadEntry(_regions[number]) == WriteEntry(_regions[number]);
            if (TryGetWholeGranules(_regions[number].Range, out int first, out int count))
            {
                RegionOfGranule.AsSpan(first, count).Fill(number);
                Readable.AsSpan(first, count).Fill(ReadEntry(_regions[number]));
            }
        }

        return isSame;
    }

    private void FillWritable()
    {
        Array.Fill(Writable, None);
        foreach (MemoryRegion region in _regions)
        {
            if (TryGetWholeGranules(region.Range, out int first, out int count))
                Writable.AsSpan(first, count).Fill(WriteEntry(region));
        }
    }

    // Pinned, so that the map can keep a pointer to the first entry beside the array.
    private static T[] NewTable<T>(int length) where T : unmanaged => GC.AllocateArray<T>(length, pinned: true);

    private static nint ReadEntry(MemoryRegion region) => (region.Permissions & MemoryAccess.Read) != 0 ? region.Delta : None;

    private static nint WriteEntry(MemoryRegion region)
    {
        if ((region.Permissions & MemoryAccess.Write) == 0)
            return None;

        // A bitmap in shared memory wants a locked mark for each write, beside which the search is nothing.
        return region.Dirty is null ? region.Delta : region.Dirty.MarksAreLocked ? None : region.Delta | Tracked;
    }

    private bool TryGetWholeGranules(GuestRange range, out int first, out int count)
    {
        first = count = 0;
        if (RegionOfGranule.Length == 0 || range.Last.Value < WindowStart)
            return false;

        ulong mask = (1UL << Shift) - 1;
        ulong from = range.Start.Value > WindowStart ? range.Start.Value - WindowStart : 0;
        if (from > ulong.MaxValue - mask)
            return false;

        ulong firstGranule = (from + mask) >> Shift;

        // The end may be 2^64, so count from the last byte.
        ulong last = range.Last.Value - WindowStart;
        ulong granules = (last >> Shift) + ((last & mask) == mask ? 1UL : 0);
        granules = Math.Min(granules, (ulong)RegionOfGranule.Length);
        if (granules <= firstGranule)
            return false;

        first = (int)firstGranule;
        count = (int)(granules - firstGranule);
        return true;
    }

    /// <summary>The addresses that the tables cover, in granules.</summary>
    private readonly record struct Window(ulong Start, int Shift, int Granules);

    /// <summary>The window, of those left when the widest gaps are cut, whose whole granules hold the most bytes.</summary>
    private static Window ChooseWindow(MemoryRegion[] regions, int granuleLimit)
    {
        if (regions.Length == 0)
            return default;

        const int MostCuts = 4;
        var cuts = new List<int>(MostCuts);
        Window best = default;
        UInt128 bestBytes = 0;
        while (true)
        {
            cuts.Sort();
            int first = 0;
            for (int i = 0; i <= cuts.Count; i++)
            {
                int end = i < cuts.Count ? cuts[i] : regions.Length;
                Window window = ForRegions(regions.AsSpan(first, end - first), granuleLimit, out UInt128 bytes);
                if (bytes > bestBytes)
                    (best, bestBytes) = (window, bytes);

                first = end;
            }

            if (cuts.Count == MostCuts || !TryFindWidestGap(regions, cuts, out int cut))
                return best;

            cuts.Add(cut);
        }
    }

    private static bool TryFindWidestGap(MemoryRegion[] regions, List<int> except, out int before)
    {
        before = 0;
        ulong widest = 0;
        for (int i = 1; i < regions.Length; i++)
        {
            ulong gap = regions[i].Start - regions[i - 1].Range.Last;
            if (gap > widest && !except.Contains(i))
                (before, widest) = (i, gap);
        }

        return before != 0;
    }

    private static Window ForRegions(ReadOnlySpan<MemoryRegion> regions, int granuleLimit, out UInt128 bytes)
    {
        ulong boundaries = 0;
        foreach (MemoryRegion region in regions)
            boundaries |= region.Start.Value | unchecked(region.Range.Last.Value + 1);

        ulong first = regions[0].Start.Value;
        ulong last = regions[^1].Range.Last.Value;

        // 0 where the only boundaries are 0 and 2^64: one granule cannot be that large, two can.
        int shift = boundaries == 0 ? 63 : Math.Max(MinimumShift, BitOperations.TrailingZeroCount(boundaries));
        while ((last >> shift) - (first >> shift) >= (ulong)granuleLimit)
            shift++;

        ulong start = first >> shift << shift;
        bytes = 0;
        ulong mask = (1UL << shift) - 1;
        foreach (MemoryRegion region in regions)
        {
            UInt128 from = ((UInt128)region.Start.Value + mask) & ~(UInt128)mask;
            UInt128 to = ((UInt128)region.Range.Last.Value + 1) & ~(UInt128)mask;
            bytes += to > from ? to - from : 0;
        }

        return new Window(start, shift, (int)((last >> shift) - (first >> shift)) + 1);
    }
}
