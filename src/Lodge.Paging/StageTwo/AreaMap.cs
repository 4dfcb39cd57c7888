namespace Lodge.Paging;

/// <summary>Areas that do not overlap, in ascending order.</summary>
internal sealed class AreaMap
{
    private readonly List<SpaceArea> _areas = [];

    public IReadOnlyList<SpaceArea> Areas => _areas;

    public bool TryFind(GuestAddress address, out SpaceArea area)
    {
        int index = LastAtOrBelow(address);
        bool found = index >= 0 && _areas[index].Range.Contains(address);
        area = found ? _areas[index] : default;
        return found;
    }

    /// <summary>An area that has an address in common with a range.</summary>
    public bool TryFindOverlap(GuestRange range, out SpaceArea area)
    {
        int index = Math.Max(0, LastAtOrBelow(range.Start));
        for (; index < _areas.Count && _areas[index].Range.Start <= range.Last; index++)
        {
            if (_areas[index].Range.Overlaps(range))
            {
                area = _areas[index];
                return true;
            }
        }

        area = default;
        return false;
    }

    public void Clear() => _areas.Clear();

    /// <summary>Adds an area that overlaps none.</summary>
    public void Add(SpaceArea area) => _areas.Insert(LastAtOrBelow(area.Range.Start) + 1, area);

    /// <summary>The parts of areas that lie in a range, in ascending order.</summary>
    public List<SpaceArea> PartsIn(GuestRange range)
    {
        var parts = new List<SpaceArea>();
        foreach (SpaceArea area in _areas)
        {
            GuestRange common = area.Range.Intersect(range);
            if (!common.IsEmpty)
                parts.Add(area.Part(common));
        }

        return parts;
    }

    /// <summary>Takes a range out of all areas; what lies on both sides of it stays as two.</summary>
    public void Cut(GuestRange range)
    {
        var kept = new List<SpaceArea>(_areas.Count + 1);
        foreach (SpaceArea area in _areas)
        {
            if (!area.Range.Overlaps(range))
            {
                kept.Add(area);
                continue;
            }

            if (area.Range.Start < range.Start)
                kept.Add(area.Part(new GuestRange(area.Range.Start, range.Start - area.Range.Start)));

            if (area.Range.Last > range.Last)
                kept.Add(area.Part(GuestRange.FromInclusive(range.Last + 1, area.Range.Last)));
        }

        _areas.Clear();
        _areas.AddRange(kept);
    }

    private int LastAtOrBelow(GuestAddress address)
    {
        int low = 0;
        int high = _areas.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_areas[middle].Range.Start <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
