using Lodge.Paging;
using Xunit;

namespace Lodge.EndToEnd.Tests;

[Collection(LinuxGuestCollection.Name)]
public sealed class TraceTests
{
    private const int Seed = 91;
    private const int Samples = 600;
    private const ulong AddressBits = 0x000f_ffff_ffff_f000;

    private readonly LinuxGuests _guests;

    public TraceTests(LinuxGuests guests) => _guests = guests;

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Walk_MappedAddressesAndHoles_ReadsTheEntriesThatQemuReads(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        var disagreements = new Disagreements();
        var read = new Dictionary<ulong, ulong>();
        int translated = 0;
        foreach (ulong address in new AddressSamples(guest.Pages, depth, Seed).Pick().Take(Samples))
        {
            PageWalk walk = guest.Walker.Walk(address);
            if (walk.Failure.Kind == PageWalkFailureKind.NonCanonical)
                continue;

            translated += walk.IsTranslated ? 1 : 0;
            PageWalkStep[] actual = walk.Entries.ToArray();
            if (!actual.All(step => guest.Memory.TryFindRegion(step.EntryAddress, out _)))
                disagreements.Add($"{address:x} (seed {Seed}): entries outside of RAM: {string.Join(", ", actual)}");

            List<PageWalkStep> expected = await WalkAsync(guest, depth, address, read);
            bool endsAsSaid = walk.IsTranslated
                ? (walk.Translation.Level, walk.Translation.Entry) == (actual[^1].Level, actual[^1].Entry)
                : (walk.Failure.Level, walk.Failure.EntryAddress, walk.Failure.Entry)
                    == (actual[^1].Level, actual[^1].EntryAddress, actual[^1].Entry);
            if (!actual.SequenceEqual(expected) || !endsAsSaid)
                disagreements.Add($"{address:x} (seed {Seed}): {string.Join(", ", actual)} for {string.Join(", ", expected)}");
        }

        disagreements.AssertNone();
        Assert.InRange(translated, 1, Samples - 1);
    }

    // As the processor's manual tells it, with entries that QEMU reads. The guest stands still, so once is enough for each.
    private static async Task<List<PageWalkStep>> WalkAsync(
        LinuxGuest guest, PagingDepth depth, ulong address, Dictionary<ulong, ulong> read)
    {
        const ulong Present = 1, Large = 1 << 7;
        var steps = new List<PageWalkStep>();
        ulong table = guest.Registers.Cr3 & AddressBits;
        for (int level = (int)depth; ; level--)
        {
            ulong entryAddress = table + (((address >> (12 + (9 * (level - 1)))) & 511) * 8);
            if (!read.TryGetValue(entryAddress, out ulong entry))
            {
                entry = await guest.Monitor.ReadPhysicalAsync(entryAddress, TestContext.Current.CancellationToken);
                read.Add(entryAddress, entry);
            }

            steps.Add(new PageWalkStep(level, entryAddress, entry));
            if ((entry & Present) == 0 || level == 1 || (level <= 3 && (entry & Large) != 0))
                return steps;

            table = entry & AddressBits;
        }
    }
}
