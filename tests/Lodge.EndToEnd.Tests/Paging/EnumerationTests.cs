using Lodge.Paging;
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
    public async Task Enumerate_WholeTable_GivesThePagesOfInfoTlbMerged(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        MappedRanges ranges = guest.Walker.GetMappedRanges();
        MappedRange[] actual = [.. ranges];
        Assert.Equal(ExpectedRanges.Of(guest.Pages, guest.Registers), actual);
        Assert.False(ranges.IsCutShort);
        Assert.Equal(0, ranges.MalformedEntries);
        Assert.Equal(0, ranges.TablesOutsideMemory);
    }

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Enumerate_WithASmallBudgetAgainAndAgain_FindsThePagesOfInfoTlb(PagingDepth depth)
    {
        const int Budget = 10;
        LinuxGuest guest = await _guests.GetAsync(depth);
        var found = new List<MappedRange>();
        MappedRangesOptions options = MappedRangesOptions.Default with { MostTables = Budget };
        int rounds = 0;
        for (bool isCutShort = true; isCutShort; rounds++)
        {
            MappedRanges ranges = guest.Walker.GetMappedRanges(options);
            found.AddRange(ranges);
            Assert.InRange(ranges.TablesVisited, 1, Budget);
            isCutShort = ranges.IsCutShort;
            Assert.True(!isCutShort || ranges.CutAt > options.Start, $"Cut at {ranges.CutAt}, begun at {options.Start}.");
            options = options with { Start = ranges.CutAt };
        }

        Assert.True(rounds > 1, "The budget was never used up.");
        Assert.Equal(ExpectedRanges.Of(guest.Pages, guest.Registers), ExpectedRanges.Merge(found));
    }

    [QemuFact]
    public async Task Enumerate_WholeTable_GivesTheRangesAndRightsOfInfoMem()
    {
        LinuxGuest guest = await _guests.GetAsync(PagingDepth.FourLevels);
        ListedRange[] expected = await guest.Monitor.ReadRangesAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, ExpectedRanges.AsListed(guest.Walker.GetMappedRanges()));
    }
}
