using Lodge.Memory;
using Lodge.Paging;
using Xunit;

namespace Lodge.EndToEnd.Tests;

[Collection(LinuxGuestCollection.Name)]
public sealed class TranslationTests
{
    private const int Seed = 57;

    private readonly LinuxGuests _guests;

    public TranslationTests(LinuxGuests guests) => _guests = guests;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Boot_GivesTablesOfTheWantedDepthWithPagesOfAllSizes(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        Assert.Equal((int)depth, guest.Regime.Lower?.Format.Levels.Length);
        Assert.True(guest.Pages.Length > 2000, $"Only {guest.Pages.Length} pages are mapped.");

        // A kernel that lies anywhere may have split the one page of 1 GiB.
        ulong[] sizes = depth == PagingDepth.FourLevels ? [1 << 12, 1 << 21, 1 << 30] : [1 << 12, 1 << 21];
        Assert.Empty(sizes.Except(guest.Pages.Select(page => page.Size)));
    }

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Translate_EveryLineOfInfoTlb_AgreesWithQemu(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        var disagreements = new Disagreements();
        foreach (ListedPage page in guest.Pages)
        {
            foreach (ulong offset in (ReadOnlySpan<ulong>)[0, (page.Size / 2) + 1, page.Size - 1])
            {
                bool isFound = guest.Walker.TryTranslate(
                    page.Start + offset, MemoryAccess.None, Privilege.Supervisor,
                    out PageTranslation found, out PageWalkFailure failure);
                if (!isFound || !Agrees(page, offset, found, guest))
                    disagreements.Add($"{page} at 0x{offset:x}: {found}, entry 0x{found.Entry:x}; {failure}");
            }
        }

        disagreements.AssertNone();
    }

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Translate_ThousandsOfAddresses_AgreesWithGva2Gpa(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);

        // Who may read everything, as gva2gpa asks for no rights.
        X64Registers registers = guest.Registers with { Rflags = guest.Registers.Rflags | ExpectedRights.AlignmentCheck };
        var space = new PagedMemory(guest.Memory, TranslationRegime.FromX64(registers));
        var disagreements = new Disagreements();
        int mapped = 0;
        int unmapped = 0;
        foreach (ulong address in new AddressSamples(guest.Pages, depth, Seed).Pick())
        {
            ulong? expected = await guest.Monitor.TranslateAsync(address, Cancellation);
            _ = expected is null ? unmapped++ : mapped++;

            // The space walks at first, and then remembers.
            ulong?[] actual = [Walk(guest.Walker, address), Find(space, address), Find(space, address)];
            if (actual.Any(found => found != expected))
                disagreements.Add($"{address:x} (seed {Seed}): QEMU says {expected:x}, Lodge {string.Join(", ", actual)}.");
        }

        disagreements.AssertNone();
        Assert.True(mapped > 1000 && unmapped > 1000, $"{mapped} addresses were mapped and {unmapped} were not.");
    }

    private static bool Agrees(ListedPage page, ulong offset, PageTranslation found, LinuxGuest guest)
    {
        // The bit means something else in the entry of a small page, and is not listed.
        TlbFlags flags = (TlbFlags)found.Entry & TlbFlags.All;
        if (page.Level == 1)
            flags &= ~TlbFlags.Large;

        PageAttributes attributes = guest.Regime.Lower!.Format.AttributesOf(found.Level, found.Entry);
        return found.Address == page.Physical + offset
            && found.PageSize.Bytes == page.Size && found.Level == page.Level
            && found.BytesInPage == page.Size - offset
            && found.Rights == ExpectedRights.Of(page, guest.Registers)
            && found.MemoryType == page.MemoryType && attributes.MemoryType == page.MemoryType
            && attributes.IsAccessed == page.Has(TlbFlags.Accessed)
            && attributes.IsDirty == page.Has(TlbFlags.Dirty)
            && attributes.IsGlobal == page.Has(TlbFlags.Global)
            && flags == page.Flags;
    }

    private static ulong? Walk(PageWalker walker, ulong address)
        => walker.TryTranslate(address, MemoryAccess.None, Privilege.Supervisor, out PageTranslation found, out _)
            ? found.Address.Value : null;

    private static ulong? Find(PagedMemory space, ulong address)
        => space.TryTranslate(address, 1, MemoryAccess.Read, out GuestAddress target, out _, out _) ? target.Value : null;
}
