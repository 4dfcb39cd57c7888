using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Each way for a walk to fail: the level, the entry and where it lies are right, and the sentence says so.</summary>
public sealed class PageWalkFailureTests
{
    private const ulong UserPage = 0x8000_0000_1234_5067;

    // Of x86-64: the tables lie at 0x1000, 0x2000, 0x3000 and 0x4000, the root's first.
    private static readonly PageTableFormat X64 = PageTableFormat.X64(new X64Options { PhysicalAddressBits = 40 });

    [Fact]
    public void Walk_NonCanonicalAddress_ReadsNothing()
    {
        using var chain = new PageChain(X64, UserPage);
        var space = new CountingSpace(chain.Memory);
        PageWalkFailure failure = FailureOf(chain.Walker(space), 0x8000_0000_0000, MemoryAccess.Write);
        Check(failure, PageWalkFailureKind.NonCanonical, 0, 0, 0);
        Assert.Empty(space.Calls);
        Assert.Equal("0x800000000000 is no address that is translated.", failure.ToString());
    }

    [Fact]
    public void Walk_InAHalfThatIsTurnedOff_ReadsNothing()
    {
        var space = new CountingSpace(GuestMemory.Empty);
        TranslationRegime regime = TranslationRegime.FromAArch64(new AArch64Registers { Tcr = 0x0000_0032_b5d0_3590 });
        foreach (ulong address in (ReadOnlySpan<ulong>)[0, 0xffff_0000_0000_0000])
        {
            PageWalk walk = new PageWalker(space, regime).Walk(address, MemoryAccess.Read);
            Assert.Equal((PageWalkFailureKind.NonCanonical, 0), (walk.Failure.Kind, walk.Failure.Level));
            Assert.Null(walk.Table);
        }

        Assert.Empty(space.Calls);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Walk_EntryThatIsNotPresent_NamesIt(int level)
    {
        using var chain = new PageChain(X64, UserPage) { [level] = 0xabcd_0000 };
        PageWalkFailure failure = FailureOf(chain.Walker(), 0x123, MemoryAccess.Read);
        Check(failure, PageWalkFailureKind.NotPresent, level, chain.EntryAddress(level), 0xabcd_0000);
        Assert.Equal(
            $"0x123: the level-{level} entry 0xabcd0000 at 0x{0x5000 - (level * 0x1000):x} is not present.", failure.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Walk_EntryWithReservedBits_NamesIt(int level)
    {
        using var chain = new PageChain(X64, UserPage);
        chain[level] |= 1UL << 40;
        ulong entry = chain[level];
        PageWalkFailure failure = FailureOf(chain.Walker(), 0x123, MemoryAccess.Read);
        Check(failure, PageWalkFailureKind.Malformed, level, chain.EntryAddress(level), entry);
        Assert.Equal(
            $"0x123: the level-{level} entry 0x{entry:x} at 0x{0x5000 - (level * 0x1000):x} has bits that are reserved.",
            failure.ToString());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Walk_TableOutsideOfMemory_NamesTheEntryThatIsNotThere(int level)
    {
        using var chain = new PageChain(X64, UserPage) { [level] = 0x56_7890_0067 };
        PageWalkFailure failure = FailureOf(chain.Walker(), 0x123, MemoryAccess.Read);
        Check(failure, PageWalkFailureKind.TableOutsideMemory, level - 1, 0x56_7890_0000, 0);
        Assert.Equal($"0x123: the level-{level - 1} entry at 0x5678900000 is not in memory.", failure.ToString());
    }

    [Fact]
    public void Walk_RootOutsideOfMemory_NamesTheRootsEntry()
    {
        using var chain = new PageChain(X64, UserPage);
        var walker = new PageWalker(chain.Memory, chain.Regime.WithRoot(0xff_ffff_f000));
        PageWalkFailure failure = FailureOf(walker, 0x7fff_ffff_ffff, MemoryAccess.Read);
        Check(failure, PageWalkFailureKind.TableOutsideMemory, 4, 0xff_ffff_f7f8, 0);
    }

    [Fact]
    public void Walk_TableInMemoryThatCannotBeRead_IsOutsideOfMemory()
    {
        using var chain = new PageChain(X64, UserPage, tables: MemoryAccess.Write);
        Check(FailureOf(chain.Walker(), 0, MemoryAccess.Read), PageWalkFailureKind.TableOutsideMemory, 4, 0x1000, 0);
    }

    [Fact]
    public void Walk_AccessThatIsNotAllowed_SaysWhatIs()
    {
        using var chain = new PageChain(X64, UserPage);
        PageWalkFailure failure = FailureOf(chain.Walker(), 0x123, MemoryAccess.ReadExecute);
        Check(failure, PageWalkFailureKind.Permission, 1, 0x4000, UserPage);
        Assert.Equal("rw-/rw-", failure.Allowed.ToString());
        Assert.Equal(
            "0x123: ReadExecute is not allowed, but rw-/rw- (supervisor/user); "
            + "the level-1 entry 0x8000000012345067 at 0x4000 is the last.",
            failure.ToString());
    }

    // The page's entry allows it, but not one above it, or not the regime.
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Walk_AccessThatATableForbids_NamesThePagesEntry(int level)
    {
        using var chain = new PageChain(X64, UserPage);
        chain[level] &= ~2UL;
        PageWalkFailure failure = FailureOf(chain.Walker(), 0, MemoryAccess.Write);
        Check(failure, PageWalkFailureKind.Permission, 1, 0x4000, UserPage);
        Assert.Equal("r--/r--", failure.Allowed.ToString());
    }

    [Fact]
    public void Walk_AccessThatTheRegimeForbids_SaysWhatItLeaves()
    {
        using var chain = new PageChain(X64, UserPage);
        PageWalker walker = chain.Walker(rules: RegimeRules.SupervisorDoesNotAccessUserPages);
        PageWalkFailure failure = FailureOf(walker, 0, MemoryAccess.Read);
        Check(failure, PageWalkFailureKind.Permission, 1, 0x4000, UserPage);
        Assert.Equal("---/rw-", failure.Allowed.ToString());
    }

    // V, R, W; then A too. The tables of Sv39 lie at 0x1000, 0x2000 and 0x3000.
    [Theory]
    [InlineData(0x2008_0007UL, MemoryAccess.Read, PageWalkFailureKind.NotAccessed, "accessed")]
    [InlineData(0x2008_0007UL, MemoryAccess.None, PageWalkFailureKind.NotAccessed, "accessed")]
    [InlineData(0x2008_0087UL, MemoryAccess.Write, PageWalkFailureKind.NotAccessed, "accessed")]
    [InlineData(0x2008_0047UL, MemoryAccess.Write, PageWalkFailureKind.NotDirty, "dirty")]
    public void Walk_FlagThatSoftwareHasToSet_IsAFailure(ulong leaf, MemoryAccess access, PageWalkFailureKind kind, string flag)
    {
        using var chain = new PageChain(PageTableFormat.Sv39, leaf);
        PageWalkFailure failure = FailureOf(chain.Walker(AccessedDirty.Require), 0x123, access);
        Check(failure, kind, 1, chain.EntryAddress(1), leaf);
        Assert.Equal($"0x123: the level-1 entry 0x{leaf:x} at 0x3000 has its {flag} bit clear.", failure.ToString());
        Assert.Equal(leaf, chain[1]);
    }

    [Theory]
    [InlineData(0x2008_0047UL, MemoryAccess.Read)]
    [InlineData(0x2008_00c7UL, MemoryAccess.ReadWrite)]
    public void Walk_FlagsThatSoftwareHasSet_AreNoFailure(ulong leaf, MemoryAccess access)
    {
        using var chain = new PageChain(PageTableFormat.Sv39, leaf);
        Assert.True(chain.Walker(AccessedDirty.Require).Walk(0, access).IsTranslated);
    }

    [Fact]
    public void Walk_FlagInMemoryThatCannotBeWritten_IsAFailure()
    {
        using var chain = new PageChain(X64, UserPage & ~0x60UL, tables: MemoryAccess.Read);
        chain[4] &= ~0x20UL;
        PageWalkFailure failure = FailureOf(chain.Walker(AccessedDirty.Update), 0x123, MemoryAccess.Read);
        Check(failure, PageWalkFailureKind.TableNotWritable, 4, 0x1000, 0x2007);
        Assert.Equal(
            "0x123: the level-4 entry 0x2007 at 0x1000 cannot be updated, the memory there is not writable.", failure.ToString());

        chain[4] |= 0x20;
        failure = FailureOf(chain.Walker(AccessedDirty.Update), 0x123, MemoryAccess.Read);
        Check(failure, PageWalkFailureKind.TableNotWritable, 1, 0x4000, UserPage & ~0x60UL);

        // With nothing left to set, nothing has to be written.
        chain[1] |= 0x20;
        Assert.True(chain.Walker(AccessedDirty.Update).Walk(0x123, MemoryAccess.Read).IsTranslated);
    }

    [Fact]
    public void NoFailure_SaysSo()
    {
        using var chain = new PageChain(X64, UserPage);
        PageWalk walk = chain.Walker().Walk(0);
        Assert.Equal(default, walk.Failure);
        Assert.Equal("No failure.", walk.Failure.ToString());
    }

    /// <summary>The failure, which is the same for a walk that keeps its entries and for one that does not.</summary>
    private static PageWalkFailure FailureOf(PageWalker walker, ulong address, MemoryAccess access)
    {
        Assert.False(walker.TryTranslate(
            address, access, Privilege.Supervisor, out PageTranslation translation, out PageWalkFailure failure));
        Assert.Equal(default, translation);
        PageWalk walk = walker.Walk(address, access);
        Assert.False(walk.IsTranslated);
        Assert.Equal(default, walk.Translation);
        Assert.Equal(failure, walk.Failure);
        Assert.Equal((new GuestAddress(address), access), (failure.Address, failure.Access));
        return failure;
    }

    private static void Check(PageWalkFailure failure, PageWalkFailureKind kind, int level, ulong entryAddress, ulong entry)
    {
        Assert.Equal((kind, level), (failure.Kind, failure.Level));
        Assert.Equal((new GuestAddress(entryAddress), entry), (failure.EntryAddress, failure.Entry));
    }
}
