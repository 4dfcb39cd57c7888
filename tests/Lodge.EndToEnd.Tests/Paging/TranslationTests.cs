using Xunit;

namespace Lodge.EndToEnd.Tests;

[Collection(LinuxGuestCollection.Name)]
public sealed class TranslationTests
{
    private const int Seed = 57;
    private const int ShownDisagreements = 20;

    private readonly LinuxGuests _guests;

    public TranslationTests(LinuxGuests guests) => _guests = guests;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Boot_GivesTablesOfTheWantedDepthWithPagesOfAllSizes(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        Assert.Equal(depth, guest.Registers.Depth);
        Assert.True(guest.Pages.Length > 2000, $"Only {guest.Pages.Length} pages are mapped.");

        // A kernel that lies anywhere may have split the one page of 1 GiB.
        ulong[] sizes = depth == PagingDepth.FourLevels ? [1 << 12, 1 << 21, 1 << 30] : [1 << 12, 1 << 21];
        Assert.Empty(sizes.Except(guest.Pages.Select(page => page.Size)));
    }

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Translate_EveryPageOfInfoTlb_AgreesWithQemu(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        IPageTable table = PageTables.Of(guest);
        AssertNone(guest.Pages.Select(listed => Compare(listed, table)));
    }

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Translate_ThousandsOfAddresses_AgreesWithGva2Gpa(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        IPageTable table = PageTables.Of(guest);
        var disagreements = new List<string?>();
        int mapped = 0;
        int unmapped = 0;
        foreach (ulong address in new AddressSamples(guest.Pages, depth, Seed).Pick())
        {
            ulong? expected = await guest.Monitor.TranslateAsync(address, Cancellation);
            ulong? actual = table.TryFind(address, out MappedPage page) ? page.Physical + (address - page.Start) : null;
            _ = expected is null ? unmapped++ : mapped++;
            if (expected != actual)
                disagreements.Add($"{address:x} (seed {Seed}): QEMU says {expected:x}, the tables say {actual:x}.");
        }

        AssertNone(disagreements);
        Assert.True(mapped > 1000 && unmapped > 1000, $"{mapped} addresses were mapped and {unmapped} were not.");
    }

    // What QEMU lists are the flags of the last level. Linux restricts nothing above it.
    private static string? Compare(ListedPage listed, IPageTable table)
    {
        if (!table.TryFind(listed.Start, out MappedPage page))
            return $"{listed}: not found.";

        // The bit means something else in the entry of a small page, and is not listed.
        TlbFlags flags = (TlbFlags)page.Entry & TlbFlags.All;
        if (listed.Size == 1 << 12)
            flags &= ~TlbFlags.Large;

        bool agrees = page.Start == listed.Start && page.Physical == listed.Physical && page.Size == listed.Size
            && flags == listed.Flags
            && page.IsUser == listed.Flags.HasFlag(TlbFlags.User)
            && page.IsWritable == listed.Flags.HasFlag(TlbFlags.Writable)
            && page.IsExecutable == !listed.Flags.HasFlag(TlbFlags.NoExecute);
        return agrees ? null : $"{listed}: {page}";
    }

    private static void AssertNone(IEnumerable<string?> disagreements)
    {
        string[] all = [.. disagreements.OfType<string>()];
        Assert.True(all.Length == 0, $"{all.Length} disagreements:\n{string.Join('\n', all.Take(ShownDisagreements))}");
    }
}
