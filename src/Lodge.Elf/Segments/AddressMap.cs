namespace Lodge.Elf;

/// <summary>Ranges of addresses that may overlap, cut into pieces that do not, so that a lookup is one binary search.</summary>
/// <remarks>Where ranges overlap, the one that starts nearest below an address has it; of several that start there, the last in
/// the comparer's order. A range that a shorter one interrupts goes on behind it. n ranges make at most 2n pieces.</remarks>
internal sealed class AddressMap
{
    private readonly List<Piece> _pieces;

    private AddressMap(List<Piece> pieces) => _pieces = pieces;

    /// <param name="ranges">The ranges; they are sorted in place.</param>
    public static AddressMap Build(List<Range> ranges)
    {
        ranges.Sort(static (a, b) => a.First != b.First ? a.First.CompareTo(b.First)
            : a.Rank != b.Rank ? a.Rank.CompareTo(b.Rank)
            : b.Value.CompareTo(a.Value));

        // The ranges that have begun, the one that has an address now on top. One that ended below the top is dropped when it
        // comes up.
        var pieces = new List<Piece>(ranges.Count);
        var begun = new Stack<Range>();
        ulong next = 0;
        foreach (Range range in ranges)
        {
            while (next < range.First && begun.TryPeek(out Range top))
            {
                if (top.Last < next)
                {
                    begun.Pop();
                    continue;
                }

                ulong last = Math.Min(top.Last, range.First - 1);
                pieces.Add(new Piece(next, last, top.Value));
                next = last + 1;
            }

            begun.Push(range);
            next = range.First;
        }

        while (begun.TryPop(out Range top))
        {
            if (top.Last < next)
                continue;

            pieces.Add(new Piece(next, top.Last, top.Value));
            if (top.Last == ulong.MaxValue)
                break;

            next = top.Last + 1;
        }

        return new AddressMap(pieces);
    }

    /// <summary>Which range has an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="value">The range's value.</param>
    /// <param name="last">Up to where it has all addresses.</param>
    public bool TryFind(ulong address, out int value, out ulong last)
    {
        int low = 0;
        int high = _pieces.Count;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (_pieces[middle].First <= address)
                low = middle + 1;
            else
                high = middle;
        }

        if (low != 0 && address <= _pieces[low - 1].Last)
        {
            value = _pieces[low - 1].Value;
            last = _pieces[low - 1].Last;
            return true;
        }

        value = -1;
        last = 0;
        return false;
    }

    /// <param name="First">The first address.</param>
    /// <param name="Last">The last address.</param>
    /// <param name="Value">What is found.</param>
    /// <param name="Rank">Of ranges that start at the same address, the highest is found; then the lowest value.</param>
    internal readonly record struct Range(ulong First, ulong Last, int Value, int Rank = 0);

    private readonly record struct Piece(ulong First, ulong Last, int Value);
}
