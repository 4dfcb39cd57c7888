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

    [QemuFact]
    public async Task Enumerate_WholeTable_GivesTheRangesAndRightsOfInfoMem()
    {
        LinuxGuest guest = await _guests.GetAsync(PagingDepth.FourLevels);
        ListedRange[] expected = await guest.Monitor.ReadRangesAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, ExpectedRanges.AsListed(guest.Walker.GetMappedRanges()));
    }
}
