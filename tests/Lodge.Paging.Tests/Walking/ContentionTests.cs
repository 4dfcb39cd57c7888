using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Entries that somebody changes between the walk's look and its update.</summary>
public sealed class ContentionTests
{
    private const ulong First = 0x8000_0000_1234_5007, Second = 0x8000_0000_0765_4007;

    [Fact]
    public void Update_OfAnEntryThatChanges_TakesTheNewEntry()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, First);
        var space = new MeddlingSpace(chain.Memory, count =>
        {
            if (count == 0)
                chain[1] = Second;
        });
        PageWalk walk = chain.Walker(space, AccessedDirty.Update).Walk(0x123, MemoryAccess.Write);
        Assert.Equal(new GuestAddress(0x765_4123), walk.Translation.Address);
        Assert.Equal(Second | 0x60, walk.Translation.Entry);
        Assert.Equal(Second | 0x60, chain[1]);
        Assert.Equal(Second, walk.Entries[3].Entry);
    }

    [Fact]
    public void Update_OfAnEntryThatGoesAway_Fails_AndLeavesIt()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, First);
        var space = new MeddlingSpace(chain.Memory, _ => chain[1] = 0xabc0);
        Assert.False(chain.Walker(space, AccessedDirty.Update).TryTranslate(
            0x123, MemoryAccess.Read, Privilege.Supervisor, out _, out PageWalkFailure failure));
        Assert.Equal((PageWalkFailureKind.NotPresent, 1, 0xabc0UL), (failure.Kind, failure.Level, failure.Entry));
        Assert.Equal(0xabc0UL, chain[1]);
    }

    [Fact]
    public void Update_OfAnEntryThatTakesRightsAway_Fails()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, First);
        var space = new MeddlingSpace(chain.Memory, _ => chain[1] = Second & ~2UL);
        PageWalkFailure failure = chain.Walker(space, AccessedDirty.Update).Walk(0, MemoryAccess.Write).Failure;
        Assert.Equal((PageWalkFailureKind.Permission, "r--/r--"), (failure.Kind, failure.Allowed.ToString()));
        Assert.Equal(Second & ~2UL, chain[1]);
    }

    // A table's entry that changes leads elsewhere: nothing of the old way is left.
    [Fact]
    public void Update_OfATableThatChanges_TakesTheNewTable()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, First);
        chain[2] &= ~0x20UL;
        ulong other = chain.EntryAddress(1) + 0x1000;
        chain.Memory.Write(other, Second);
        var space = new MeddlingSpace(chain.Memory, count =>
        {
            if (count == 0)
                chain[2] = other | 7;
        });
        PageWalk walk = chain.Walker(space, AccessedDirty.Update).Walk(0, MemoryAccess.Read);
        Assert.Equal(new GuestAddress(0x765_4000), walk.Translation.Address);
        Assert.Equal(new GuestAddress(other), walk.Entries[3].EntryAddress);
        Assert.Equal(First, chain[1]);
        Assert.Equal(other | 0x27, chain[2]);
    }

    [Fact]
    public void Update_OfAnEntryThatAlwaysChanges_GivesUp()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, First);
        var space = new MeddlingSpace(chain.Memory, count => chain[1] = (First & ~0xf_f000UL) | ((ulong)(count % 256) << 12));
        PageWalkFailure failure = chain.Walker(space, AccessedDirty.Update).Walk(0x123, MemoryAccess.Read).Failure;
        Assert.Equal(PageWalkFailureKind.Contended, failure.Kind);
        Assert.Equal((1, chain.EntryAddress(1)), (failure.Level, failure.EntryAddress.Value));
        Assert.InRange(space.Writes, 2, 1000);
        Assert.Equal(
            $"0x123: the level-1 entry 0x{failure.Entry:x} at {failure.EntryAddress} changes whenever it is to be updated.",
            failure.ToString());

        // The access can be tried again.
        Assert.True(chain.Walker(AccessedDirty.Update).Walk(0x123, MemoryAccess.Read).IsTranslated);
    }

    // Another processor that sets the same flags is no reason to do it all again more than once.
    [Fact]
    public void Update_WhileAnotherProcessorSetsTheSameFlags_Succeeds()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, First);
        var space = new MeddlingSpace(chain.Memory, _ => chain[1] = First | 0x60);
        PageWalk walk = chain.Walker(space, AccessedDirty.Update).Walk(0, MemoryAccess.Write);
        Assert.Equal(First | 0x60, walk.Translation.Entry);
        Assert.Equal(1, space.Writes);
    }
}
