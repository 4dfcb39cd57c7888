using Xunit;

namespace Lodge.Paging.Tests;

public sealed class WalkAllocationTests
{
    [Theory]
    [InlineData(AccessedDirty.Ignore)]
    [InlineData(AccessedDirty.Update)]
    [InlineData(AccessedDirty.Require)]
    public void Translating_AllocatesNothing(AccessedDirty mode)
    {
        foreach (FormatCase @case in FormatCases.All.DistinctBy(@case => @case.Name.Split(' ')[0]))
        {
            using PageChain chain = NewChain(@case.Format);
            PageWalker walker = chain.Walker(mode);
            PageWalker throughInterface = chain.Walker(new MeddlingSpace(chain.Memory, static _ => { }), mode);
            ulong leaf = chain[1];
            bool isTranslated = true;
            Allocations.AssertNone(() =>
            {
                chain[1] = leaf;
                isTranslated &= walker.TryTranslate(chain.Address, MemoryAccess.Read, Privilege.User, out _, out _);
                isTranslated &= walker.Walk(chain.Address, MemoryAccess.Write, Privilege.User).IsTranslated;
                chain[1] = leaf;
                isTranslated &= throughInterface.TryTranslate(chain.Address, MemoryAccess.Write, Privilege.User, out _, out _);
            });
            Assert.True(isTranslated || mode == AccessedDirty.Require, @case.Name);
        }
    }

    [Theory]
    [InlineData(AccessedDirty.Ignore)]
    [InlineData(AccessedDirty.Update)]
    [InlineData(AccessedDirty.Require)]
    public void Failing_AllocatesNothing(AccessedDirty mode)
    {
        using PageChain chain = NewChain(PageTableFormat.X64FourLevels);
        PageWalker walker = chain.Walker(mode);
        PageWalker outside = new(GuestMemory.Empty, chain.Regime, new PageWalkerOptions { AccessedDirty = mode });
        ulong leaf = chain[1];
        bool isTranslated = false;
        Allocations.AssertNone(() =>
        {
            isTranslated |= walker.TryTranslate(1UL << 60, MemoryAccess.Read, Privilege.User, out _, out _);
            isTranslated |= walker.TryTranslate(1UL << 40, MemoryAccess.Read, Privilege.User, out _, out _);
            isTranslated |= walker.Walk(0x1000).IsTranslated;
            isTranslated |= outside.TryTranslate(0, MemoryAccess.Read, Privilege.User, out _, out _);
            chain[1] = leaf & ~1UL;
            isTranslated |= walker.TryTranslate(0, MemoryAccess.Read, Privilege.User, out _, out _);
            chain[1] = leaf & ~4UL;
            isTranslated |= walker.Walk(0, MemoryAccess.Read, Privilege.User).IsTranslated;
        });
        Assert.False(isTranslated);
    }

    private static PageChain NewChain(PageTableFormat format)
    {
        var attributes = new PageAttributes(format.RightsFor(MemoryAccess.ReadWrite, Privilege.User), format.OrdinaryMemory);
        if (format.TryEncodePage(1, 0, attributes with { IsAccessed = false, IsDirty = false }, out ulong leaf)
            || format.TryEncodePage(1, 0, attributes with { IsAccessed = false }, out leaf)
            || format.TryEncodePage(1, 0, attributes, out leaf))
        {
            return new PageChain(format, leaf);
        }

        throw new InvalidOperationException($"{format} has no page for programs.");
    }
}
