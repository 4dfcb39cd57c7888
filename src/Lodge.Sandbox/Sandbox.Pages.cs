namespace Lodge.Sandbox;

public sealed partial class Sandbox
{
    /// <summary>Reads what the guest's page tables map now: of a guest that takes calls, or of one that was stopped, as it left
    /// them. The tables are the guest's work; what is visited is bounded by what scratch has room for.</summary>
    /// <param name="mostRanges">How many ranges of pages are read at most, from the lowest address on.</param>
    /// <returns>The pages; none where the guest has turned paging off, or to a mode with tables of another kind.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No range is asked for.</exception>
    /// <exception cref="InvalidOperationException">A call runs.</exception>
    /// <exception cref="MachineException">The engine failed.</exception>
    public GuestPageMap ReadPageMap(int mostRanges = 65_536)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostRanges, 1);
        using Busy busy = Enter();
        return _machine.ReadPaging() is { } regime
            ? Read(new PageWalker(_machine.Memory, regime), mostRanges)
            : new GuestPageMap([], isCutShort: false);
    }

    private GuestPageMap Read(PageWalker walker, int mostRanges)
    {
        using MappedRanges mapped = walker.GetMappedRanges(new MappedRangesOptions
        {
            MostTables = GuestTables.RoomFor(Layout),
            SoftwareBits = GuestTables.CopyOnWriteField,
        });
        List<GuestPages> ranges = [];
        foreach (MappedRange range in mapped)
        {
            if (ranges.Count == mostRanges)
                return new GuestPageMap(ranges, isCutShort: true);

            bool isCopied = range.SoftwareBits == GuestTables.CopyOnWrite;
            ranges.Add(new GuestPages(range.Range, range.Target, range.Rights.Supervisor, isCopied));
        }

        return new GuestPageMap(ranges, mapped.IsCutShort);
    }
}
