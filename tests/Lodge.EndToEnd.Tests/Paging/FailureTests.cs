using Lodge.Memory;
using Lodge.Paging;
using Xunit;

namespace Lodge.EndToEnd.Tests;

[Collection(LinuxGuestCollection.Name)]
public sealed class FailureTests
{
    private const int Seed = 75;
    private const ulong Present = 1;

    private readonly LinuxGuests _guests;

    public FailureTests(LinuxGuests guests) => _guests = guests;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Translate_Hole_NamesAnEntryThatQemuSeesAbsentWithNoPageUnderIt(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        var space = new PagedMemory(guest.Memory, guest.Regime);
        var disagreements = new Disagreements();
        var levels = new SortedSet<int>();
        foreach (ulong address in await UnmappedAsync(guest, depth, address => IsCanonical(address, depth)))
        {
            bool found = guest.Walker.TryTranslate(
                address, MemoryAccess.Read, Privilege.Supervisor, out _, out PageWalkFailure failure);
            ulong entry = await guest.Monitor.ReadPhysicalAsync(failure.EntryAddress.Value, Cancellation);
            bool isFault = !space.TryTranslate(address, 1, MemoryAccess.Read, out _, out _, out AccessFault fault);
            bool agrees = !found && failure.Kind == PageWalkFailureKind.NotPresent && failure.Address == address
                && failure.Level >= 1 && failure.Level <= (int)depth
                && failure.Entry == entry && (entry & Present) == 0
                && !guest.Pages.Any(page => Overlaps(page, address, failure.Level))
                && isFault && fault.Kind == FaultKind.NotPresent && fault.Address == address && fault.Level == failure.Level;
            levels.Add(failure.Level);
            if (!agrees)
                disagreements.Add($"{address:x} (seed {Seed}): {failure} {fault} QEMU reads {entry:x}.");
        }

        disagreements.AssertNone();
        Assert.Equal(Enumerable.Range(1, (int)depth), levels);
    }

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Translate_NotCanonicalAddress_FailsBeforeAnyEntryIsRead(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        var space = new PagedMemory(guest.Memory, guest.Regime);
        List<ulong> addresses = await UnmappedAsync(guest, depth, address => !IsCanonical(address, depth));
        Assert.True(addresses.Count > 300, $"Only {addresses.Count} addresses are not canonical.");
        foreach (ulong address in addresses)
        {
            PageWalk walk = guest.Walker.Walk(address);
            Assert.Equal((PageWalkFailureKind.NonCanonical, 0), (walk.Failure.Kind, walk.Failure.Level));
            Assert.Equal(address, walk.Failure.Address.Value);
            Assert.Equal(0, walk.Entries.Length);
            Assert.False(space.TryTranslate(address, 1, MemoryAccess.Read, out _, out _, out AccessFault fault));
            Assert.Equal((FaultKind.Unmapped, address), (fault.Kind, fault.Address.Value));
        }
    }

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Translate_WithATableOutsideMemory_FailsAtItsLevelAndNowhereElse(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        ListedPage chosen = guest.Pages.First(page => page.Has(TlbFlags.User));
        var disagreements = new Disagreements();
        for (int level = 1; level <= (int)depth; level++)
        {
            GuestRange table = TableOf(guest.Walker, chosen.Start, level);
            using GuestMemory memory = guest.MapWithout(table);
            var walker = new PageWalker(memory, guest.Regime);
            foreach (ListedPage page in guest.Pages)
            {
                bool isUnderTable = level == (int)depth || Overlaps(page, chosen.Start, level + 1);
                PageWalk walk = walker.Walk(page.Start);
                PageWalkFailure failure = walk.Failure;
                bool agrees = isUnderTable
                    ? failure.Kind == PageWalkFailureKind.TableOutsideMemory && failure.Level == level
                        && table.Contains(failure.EntryAddress) && failure.Entry == 0
                    : walk.IsTranslated && walk.Translation.Address == page.Physical;
                if (!agrees)
                    disagreements.Add($"{page} without {table} of level {level}: {walk.Translation}; {failure}");
            }
        }

        disagreements.AssertNone();
    }

    private static int ShiftOf(int level) => 12 + (9 * (level - 1));

    private static bool IsCanonical(ulong address, PagingDepth depth)
    {
        int unused = 64 - ShiftOf((int)depth + 1);
        return (ulong)((long)(address << unused) >> unused) == address;
    }

    // Whether a page has an address for which the same entry of a level is used.
    private static bool Overlaps(ListedPage page, ulong address, int level)
        => page.Start >> ShiftOf(level) <= address >> ShiftOf(level) && address >> ShiftOf(level) <= page.Last >> ShiftOf(level);

    private static GuestRange TableOf(PageWalker walker, ulong address, int level)
    {
        PageWalk walk = walker.Walk(address);
        foreach (PageWalkStep step in walk.Entries)
        {
            if (step.Level == level)
                return new GuestRange(step.EntryAddress.AlignDown(PageSize.Size4K.Bytes), PageSize.Size4K.Bytes);
        }

        throw new ArgumentException($"{address:x} has no table of level {level}: {walk.Failure}", nameof(level));
    }

    // Of the addresses that are picked, those that QEMU does not translate.
    private static async Task<List<ulong>> UnmappedAsync(LinuxGuest guest, PagingDepth depth, Func<ulong, bool> isPicked)
    {
        var addresses = new List<ulong>();
        foreach (ulong address in new AddressSamples(guest.Pages, depth, Seed).Pick().Where(isPicked))
        {
            if (await guest.Monitor.TranslateAsync(address, Cancellation) is null)
                addresses.Add(address);
        }

        return addresses;
    }
}
