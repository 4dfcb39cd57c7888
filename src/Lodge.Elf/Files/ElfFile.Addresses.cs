namespace Lodge.Elf;

public sealed partial class ElfFile
{
    /// <summary>Which segment has which address, without those that have no memory.</summary>
    private AddressMap Memory => _memory ??= AddressMap.Build(LoadedRanges());

    /// <summary>From where to where the memory of all PT_LOAD segments reaches.</summary>
    /// <returns>False where there is no such segment, or none with memory.</returns>
    public bool TryGetLoadBounds(out ElfLoadBounds bounds)
    {
        List<AddressMap.Range> ranges = LoadedRanges();
        bounds = default;
        if (ranges.Count == 0)
            return false;

        bounds = new ElfLoadBounds(ranges[0].First, ranges[0].Last);
        foreach (AddressMap.Range range in ranges)
            bounds = new ElfLoadBounds(Math.Min(bounds.First, range.First), Math.Max(bounds.Last, range.Last));

        return true;
    }

    /// <summary>Whether two PT_LOAD segments claim the same memory, and two that do.</summary>
    public bool TryFindOverlap(out ElfSegment first, out ElfSegment second)
    {
        List<AddressMap.Range> ranges = LoadedRanges();
        ranges.Sort(static (a, b) => a.First.CompareTo(b.First));
        for (int i = 1; i < ranges.Count; i++)
        {
            // Those before do not overlap, so the last of them reaches farthest.
            if (ranges[i].First > ranges[i - 1].Last)
                continue;

            first = _segments[ranges[i - 1].Value];
            second = _segments[ranges[i].Value];
            return true;
        }

        first = default;
        second = default;
        return false;
    }

    /// <summary>Finds the PT_LOAD segment whose memory has an address. Where segments overlap, it is the one that starts nearest
    /// below.</summary>
    public bool TryFindSegment(ulong virtualAddress, out ElfSegment segment)
    {
        bool isThere = Memory.TryFind(virtualAddress, out int index, out _);
        segment = isThere ? _segments[index] : default;
        return isThere;
    }

    /// <summary>Finds where in the file the memory at an address lies, by the PT_LOAD segments.</summary>
    /// <param name="virtualAddress">The address, before relocation.</param>
    /// <param name="offset">Where in the file its byte is.</param>
    /// <param name="available">How many bytes from there on belong to the addresses that follow, at least 1. They are in the
    /// file.</param>
    /// <returns>False where no segment has the address, or it is one of zeros that are not in the file, or the file was cut short
    /// before it.</returns>
    public bool TryFindAddress(ulong virtualAddress, out long offset, out ulong available)
    {
        offset = 0;
        available = 0;
        if (!Memory.TryFind(virtualAddress, out int index, out ulong last))
            return false;

        ref readonly ElfSegment segment = ref _segments[index];
        ulong inSegment = virtualAddress - segment.VirtualAddress;
        if (inSegment >= segment.FileSize || segment.FileOffset + inSegment >= (ulong)Length)
            return false;

        offset = (long)(segment.FileOffset + inSegment);
        available = Math.Min(segment.FileSize - inSegment, (ulong)(Length - offset));
        if (last - virtualAddress < available)
            available = last - virtualAddress + 1;

        return true;
    }

    private List<AddressMap.Range> LoadedRanges()
    {
        var ranges = new List<AddressMap.Range>();
        for (int i = 0; i < _segments.Length; i++)
        {
            ref readonly ElfSegment segment = ref _segments[i];
            if (segment.Type == ElfSegmentType.Load && segment.MemorySize != 0)
                ranges.Add(new AddressMap.Range(segment.VirtualAddress, segment.VirtualAddress + (segment.MemorySize - 1), i));
        }

        return ranges;
    }
}
