using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>The entries that a walk keeps: in order, each once, also where it fails.</summary>
public sealed class WalkTraceTests
{
    public static TheoryData<string> Formats => FormatCases.Names;

    [Theory]
    [MemberData(nameof(Formats))]
    public void Walk_KeepsEveryEntry_FromTheRootToThePage(string name)
    {
        PageTableFormat format = FormatCases.Get(name).Format;
        foreach (PageTableLevel level in format.Levels.Where(level => level.CanMapPages))
        {
            using PageChain chain = NewChain(format, level.Number);
            var space = new CountingSpace(chain.Memory);
            PageWalk walk = chain.Walker(space).Walk(chain.Address, MemoryAccess.Read);
            Assert.True(walk.IsTranslated, walk.Failure.ToString());
            Assert.Equal(chain.Regime.Lower!.Root, walk.Table!.Root);
            Assert.Equal(new GuestAddress(chain.Address), walk.Address);
            Check(chain, walk, space, format.Levels.Length - level.Number + 1);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Walk_ThatFails_KeepsTheEntriesUpToTheOneThatFailed(string name)
    {
        PageTableFormat format = FormatCases.Get(name).Format;
        for (int level = 1; level <= format.Levels.Length; level++)
        {
            using PageChain chain = NewChain(format, 1);
            chain[level] = 0;
            var space = new CountingSpace(chain.Memory);
            PageWalk walk = chain.Walker(space).Walk(chain.Address, MemoryAccess.Read);
            Assert.Equal((PageWalkFailureKind.NotPresent, level), (walk.Failure.Kind, walk.Failure.Level));
            Check(chain, walk, space, format.Levels.Length - level + 1);
        }
    }

    [Fact]
    public void Walk_ThatFindsATableOutsideOfMemory_KeepsTheEntriesBefore()
    {
        using PageChain chain = NewChain(PageTableFormat.X64FiveLevels, 1);
        chain[3] = 0x56_7890_0067;
        PageWalk walk = chain.Walker().Walk(0);
        Assert.Equal((PageWalkFailureKind.TableOutsideMemory, 2), (walk.Failure.Kind, walk.Failure.Level));
        Assert.Equal(3, walk.Entries.Length);
        Assert.Equal(new PageWalkStep(3, chain.EntryAddress(3), 0x56_7890_0067), walk.Entries[2]);
    }

    [Fact]
    public void Walk_WithoutPermission_KeepsAllEntries()
    {
        using PageChain chain = NewChain(PageTableFormat.EptFiveLevels, 1);
        chain[4] &= ~2UL;
        PageWalk walk = chain.Walker().Walk(0, MemoryAccess.Write, Privilege.User);
        Assert.Equal(PageWalkFailureKind.Permission, walk.Failure.Kind);
        Assert.Equal(5, walk.Entries.Length);
    }

    // The entries of the attempt that counted, and not of those before it.
    [Fact]
    public void Walk_ThatBeganAnew_KeepsTheEntriesOfTheLastTime()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, 0x8000_0000_1234_5007);
        var space = new MeddlingSpace(chain.Memory, _ => chain[2] = 0x8000_0000_0020_0087 + (chain[2] & 0x60));
        PageWalk walk = chain.Walker(space, AccessedDirty.Update).Walk(0x1000, MemoryAccess.Read);
        Assert.Equal(PageWalkFailureKind.NotPresent, walk.Failure.Kind);
        walk = chain.Walker(space, AccessedDirty.Update).Walk(0, MemoryAccess.Read);
        Assert.True(walk.Entries.Length is 3 or 4);
        for (int i = 0; i < walk.Entries.Length; i++)
            Assert.Equal(4 - i, walk.Entries[i].Level);
    }

    private static PageChain NewChain(PageTableFormat format, int level)
    {
        var attributes = new PageAttributes(format.RightsFor(MemoryAccess.All), format.OrdinaryMemory)
        {
            Shareability = format.AttributesOf(1, 0x703).Shareability,
        };
        Assert.True(format.TryEncodePage(level, 0, attributes, out ulong leaf));
        return new PageChain(format, leaf, level);
    }

    private static void Check(PageChain chain, PageWalk walk, CountingSpace space, int count)
    {
        Assert.Equal(count, walk.Entries.Length);
        Assert.Equal(count, space.Calls.Count);
        for (int i = 0; i < count; i++)
        {
            int level = chain.Format.Levels[i].Number;
            Assert.Equal(new PageWalkStep(level, chain.EntryAddress(level), chain[level]), walk.Entries[i]);
            Assert.Equal(new SpaceCall(chain.EntryAddress(level), 8, MemoryAccess.Read, true), space.Calls[i]);
        }
    }
}
