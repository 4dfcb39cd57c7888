using Lodge.Memory;
using Lodge.Paging;
using Xunit;

namespace Lodge.EndToEnd.Tests;

[Collection(LinuxGuestCollection.Name)]
public sealed class RightsTests
{
    private const ulong NoExecuteEnabled = 1 << 11;

    private static readonly MemoryAccess[] Accesses =
    [
        MemoryAccess.Read, MemoryAccess.Write, MemoryAccess.Execute, MemoryAccess.ReadWrite, MemoryAccess.ReadExecute,
        MemoryAccess.All,
    ];

    private readonly LinuxGuests _guests;

    public RightsTests(LinuxGuests guests) => _guests = guests;

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task FromX64_RegistersOfTheGuest_GivesTheRulesThatLinuxTurnsOn(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        X64Registers registers = guest.Registers with { Rflags = 0 };
        Assert.Equal(
            RegimeRules.SupervisorDoesNotExecuteUserPages | RegimeRules.SupervisorDoesNotAccessUserPages,
            TranslationRegime.FromX64(registers).Rules);
    }

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Translate_EveryPageUnderEveryRule_AllowsWhatTheManualDoes(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        var disagreements = new Disagreements();
        foreach (X64Registers registers in VariantsOf(guest.Registers))
        {
            var walker = new PageWalker(guest.Memory, TranslationRegime.FromX64(registers));
            foreach (ListedPage page in guest.Pages)
                Compare(page, registers, walker, disagreements);
        }

        disagreements.AssertNone();
    }

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Read_UserSpaceBySupervisorUnderSmap_NeedsTheFlagAc(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        X64Registers closed = guest.Registers with { Rflags = guest.Registers.Rflags & ~ExpectedRights.AlignmentCheck };
        X64Registers open = guest.Registers with { Rflags = guest.Registers.Rflags | ExpectedRights.AlignmentCheck };
        var withoutFlag = new PagedMemory(guest.Memory, TranslationRegime.FromX64(closed));
        var withFlag = new PagedMemory(guest.Memory, TranslationRegime.FromX64(open));
        var user = new PagedMemory(
            guest.Memory, TranslationRegime.FromX64(closed), new PagedMemoryOptions { Privilege = Privilege.User });
        ListedPage[] pages = [.. guest.Pages.Where(page => page.Has(TlbFlags.User))];
        Assert.NotEmpty(pages);
        foreach (ListedPage page in pages)
        {
            Assert.False(withoutFlag.TryRead(page.Start, out ulong _, out AccessFault fault));
            Assert.Equal((FaultKind.Permission, page.Start), (fault.Kind, fault.Address.Value));
            Assert.Equal(MemoryAccess.None, fault.Allowed & MemoryAccess.ReadWrite);
            Assert.Equal(user.Read<ulong>(page.Start), withFlag.Read<ulong>(page.Start));
        }
    }

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Translate_WithNoExecutionTurnedOff_TakesItsBitForReserved(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        X64Registers registers = guest.Registers with { Efer = guest.Registers.Efer & ~NoExecuteEnabled };
        var walker = new PageWalker(guest.Memory, TranslationRegime.FromX64(registers));
        var disagreements = new Disagreements();
        foreach (ListedPage page in guest.Pages)
        {
            bool found = walker.TryTranslate(
                page.Start, MemoryAccess.None, Privilege.Supervisor, out _, out PageWalkFailure failure);

            // An entry above the page's may have the bit too.
            bool agrees = page.Has(TlbFlags.NoExecute)
                ? failure.Kind == PageWalkFailureKind.Malformed && failure.Level >= page.Level
                    && ((TlbFlags)failure.Entry & TlbFlags.NoExecute) != 0
                : found;
            if (!agrees)
                disagreements.Add($"{page}: {failure}");
        }

        disagreements.AssertNone();
    }

    private static IEnumerable<X64Registers> VariantsOf(X64Registers registers)
    {
        for (int i = 0; i < 16; i++)
        {
            yield return registers with
            {
                Cr0 = registers.Cr0 ^ ((i & 1) != 0 ? ExpectedRights.WriteProtect : 0),
                Cr4 = registers.Cr4 ^ ((i & 2) != 0 ? ExpectedRights.Smep : 0) ^ ((i & 4) != 0 ? ExpectedRights.Smap : 0),
                Rflags = registers.Rflags ^ ((i & 8) != 0 ? ExpectedRights.AlignmentCheck : 0),
            };
        }
    }

    private static void Compare(ListedPage page, X64Registers registers, PageWalker walker, Disagreements disagreements)
    {
        PageRights expected = ExpectedRights.Of(page, registers);
        foreach (Privilege privilege in (ReadOnlySpan<Privilege>)[Privilege.Supervisor, Privilege.User])
        {
            foreach (MemoryAccess access in Accesses)
            {
                bool found = walker.TryTranslate(
                    page.Start, access, privilege, out PageTranslation translation, out PageWalkFailure failure);
                bool agrees = (access & ~expected.For(privilege)) == 0
                    ? found && translation.Rights == expected
                    : !found && failure.Kind == PageWalkFailureKind.Permission && failure.Level == page.Level
                        && failure.Allowed == expected && failure.Access == access && failure.Address == page.Start;
                if (!agrees)
                    disagreements.Add($"{page}, {access} by {privilege}, {registers}: {translation}; {failure}");
            }
        }
    }
}
