using Lodge.Memory;
using Lodge.Paging;
using Xunit;

namespace Lodge.EndToEnd.Tests;

[Collection(LinuxGuestCollection.Name)]
public sealed class AccessedDirtyTests
{
    private readonly LinuxGuests _guests;

    public AccessedDirtyTests(LinuxGuests guests) => _guests = guests;

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Translate_WhereSoftwareSetsTheBits_FailsAtPagesThatQemuListsWithoutThem(PagingDepth depth)
        => Compare(
            await _guests.GetAsync(depth), AccessedDirty.Require, PageWalkFailureKind.NotAccessed, PageWalkFailureKind.NotDirty);

    // The guest's memory can only be read here.
    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Translate_WithBitsToSetInReadOnlyTables_FailsAtPagesThatQemuListsWithoutThem(PagingDepth depth)
        => Compare(
            await _guests.GetAsync(depth), AccessedDirty.Update, PageWalkFailureKind.TableNotWritable,
            PageWalkFailureKind.TableNotWritable);

    private static void Compare(
        LinuxGuest guest, AccessedDirty accessedDirty, PageWalkFailureKind whereNotAccessed, PageWalkFailureKind whereNotDirty)
    {
        // A supervisor who may read and write everything.
        X64Registers registers = guest.Registers with
        {
            Cr0 = guest.Registers.Cr0 & ~ExpectedRights.WriteProtect,
            Rflags = guest.Registers.Rflags | ExpectedRights.AlignmentCheck,
        };
        var walker = new PageWalker(
            guest.Memory, TranslationRegime.FromX64(registers), new PageWalkerOptions { AccessedDirty = accessedDirty });
        var disagreements = new Disagreements();
        var seen = new HashSet<PageWalkFailureKind>();
        foreach (ListedPage page in guest.Pages)
        {
            PageWalkFailureKind ofRead = page.Has(TlbFlags.Accessed) ? PageWalkFailureKind.None : whereNotAccessed;
            PageWalkFailureKind ofWrite = page.Has(TlbFlags.Dirty) || ofRead != PageWalkFailureKind.None ? ofRead : whereNotDirty;
            Compare(page, MemoryAccess.Read, ofRead);
            Compare(page, MemoryAccess.Write, ofWrite);
        }

        disagreements.AssertNone();
        Assert.Superset(new HashSet<PageWalkFailureKind> { PageWalkFailureKind.None, whereNotDirty }, seen);

        // A guest that was slow to stop may have used all its pages again since its init forgot that it had.
        if (guest.Pages.Any(page => !page.Has(TlbFlags.Accessed)))
            Assert.Contains(whereNotAccessed, seen);

        void Compare(ListedPage page, MemoryAccess access, PageWalkFailureKind expected)
        {
            walker.TryTranslate(page.Start, access, Privilege.Supervisor, out _, out PageWalkFailure failure);
            seen.Add(failure.Kind);
            if (failure.Kind != expected || (expected != PageWalkFailureKind.None && failure.Level != page.Level))
                disagreements.Add($"{page}, {access}: {expected} expected. {failure}");
        }
    }
}
