using Xunit;

namespace Lodge.EndToEnd.Tests;

[Collection(LinuxGuestCollection.Name)]
public sealed class EnumerationTests
{
    private readonly LinuxGuests _guests;

    public EnumerationTests(LinuxGuests guests) => _guests = guests;

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Enumerate_WholeTable_ListsThePagesOfInfoTlb(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        Assert.Equal(
            guest.Pages.Select(page => (page.Start, page.Physical, page.Size)),
            PageTables.Of(guest).EnumeratePages().Select(page => (page.Start, page.Physical, page.Size)));
    }

    [QemuFact]
    public async Task Enumerate_WholeTable_GivesTheRangesAndRightsOfInfoMem()
    {
        LinuxGuest guest = await _guests.GetAsync(PagingDepth.FourLevels);
        MappedRange[] expected = await guest.Monitor.ReadRangesAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Merge(PageTables.Of(guest).EnumeratePages()));
    }

    private static List<MappedRange> Merge(IEnumerable<MappedPage> pages)
    {
        var ranges = new List<MappedRange>();
        foreach (MappedPage page in pages)
        {
            var range = new MappedRange(page.Start, page.Size, page.IsUser, page.IsWritable);
            if (ranges.Count != 0 && ranges[^1] is var last && range with { Start = last.Start, Size = last.Size } == last
                && last.Start + last.Size == range.Start)
            {
                ranges[^1] = last with { Size = last.Size + range.Size };
            }
            else
            {
                ranges.Add(range);
            }
        }

        return ranges;
    }
}
