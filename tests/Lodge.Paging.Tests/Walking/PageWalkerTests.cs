using Xunit;

namespace Lodge.Paging.Tests;

public sealed class PageWalkerTests
{
    private const ulong KernelPage = 0x8000_0000_1234_5063;

    [Fact]
    public void Walker_NeedsTablesAndARegime()
    {
        Assert.Throws<ArgumentNullException>(() => new PageWalker(null!, TranslationRegime.Identity));
        Assert.Throws<ArgumentNullException>(() => new PageWalker(GuestMemory.Empty, null!));
        var walker = new PageWalker(GuestMemory.Empty, TranslationRegime.Identity);
        Assert.Same(PageWalkerOptions.Default, walker.Options);
        Assert.Same(TranslationRegime.Identity, walker.Regime);
        Assert.Equal(AccessedDirty.Ignore, walker.Options.AccessedDirty);
    }

    [Theory]
    [InlineData(0x0UL)]
    [InlineData(0x1234_5678_9abc_def0UL)]
    [InlineData(ulong.MaxValue)]
    public void Identity_GivesEveryAddressItself(ulong address)
    {
        foreach (AccessedDirty mode in Enum.GetValues<AccessedDirty>())
        {
            var walker = new PageWalker(
                GuestMemory.Empty, TranslationRegime.Identity, new PageWalkerOptions { AccessedDirty = mode });
            Assert.True(walker.TryTranslate(
                address, MemoryAccess.All, Privilege.User, out PageTranslation translation, out PageWalkFailure failure));
            Assert.Equal(default, failure);
            Assert.Equal((new GuestAddress(address), PageRights.All), (translation.Address, translation.Rights));
            Assert.Equal((0, 0UL), (translation.Level, translation.Entry));
            PageWalk walk = walker.Walk(address);
            Assert.True(walk.IsTranslated);
            Assert.Equal(translation, walk.Translation);
            Assert.Null(walk.Table);
            Assert.True(walk.Entries.IsEmpty);
        }
    }

    [Fact]
    public void TryTranslate_GivesAllThatIsKnownOfThePage()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, KernelPage);
        Assert.True(chain.Walker().TryTranslate(
            0xabc, MemoryAccess.ReadWrite, Privilege.Supervisor, out PageTranslation translation, out PageWalkFailure failure));
        Assert.Equal(default, failure);
        Assert.Equal(new GuestAddress(0x1234_5abc), translation.Address);
        Assert.Equal((1, KernelPage), (translation.Level, translation.Entry));
        Assert.Equal((PageSize.Size4K, 0x544UL), (translation.PageSize, translation.BytesInPage));
        Assert.Equal(("rw-/---", MemoryType.WriteBack), (translation.Rights.ToString(), translation.MemoryType));
        Assert.Equal("0x12345abc, 4 KiB page, rw-/---, WriteBack", translation.ToString());
    }

    [Theory]
    [InlineData(2, 0x8000_0000_1220_00e3UL, 0x1f_fabcUL, 0x123f_fabcUL, 0x544UL)]
    [InlineData(3, 0x8000_0000_4000_00e3UL, 0x3fff_fabcUL, 0x7fff_fabcUL, 0x544UL)]
    [InlineData(3, 0x8000_0000_4000_00e3UL, 0x1000_0000UL, 0x5000_0000UL, 0x3000_0000UL)]
    public void TryTranslate_InLargePages_KeepsTheAddressesLowerBits(
        int level, ulong entry, ulong address, ulong expected, ulong rest)
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, entry, level);
        PageWalk walk = chain.Walker().Walk(address, MemoryAccess.Read);
        Assert.Equal(new GuestAddress(expected), walk.Translation.Address);
        Assert.Equal((level, rest), (walk.Translation.Level, walk.Translation.BytesInPage));
    }

    [Fact]
    public void Translations_AreEqual_WhereEverythingIs()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, KernelPage);
        PageTranslation first = chain.Walker().Walk(0x10).Translation;
        PageTranslation same = chain.Walker().Walk(0x10).Translation;
        PageTranslation other = chain.Walker().Walk(0x11).Translation;
        Assert.True(first == same && first.Equals((object)same) && first.GetHashCode() == same.GetHashCode());
        Assert.True(first != other && !first.Equals((object)other) && !first.Equals("no translation"));
    }

    // Each bit of an access has to be allowed; asking for none asks where the address leads.
    [Theory]
    [InlineData(MemoryAccess.None, Privilege.User, true)]
    [InlineData(MemoryAccess.None, Privilege.Supervisor, true)]
    [InlineData(MemoryAccess.Read, Privilege.User, false)]
    [InlineData(MemoryAccess.ReadWrite, Privilege.Supervisor, true)]
    [InlineData(MemoryAccess.ReadExecute, Privilege.Supervisor, false)]
    [InlineData(MemoryAccess.All, Privilege.Supervisor, false)]
    public void Access_IsAllowedAsAWhole(MemoryAccess access, Privilege privilege, bool isAllowed)
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, KernelPage);
        Assert.Equal(isAllowed, chain.Walker().TryTranslate(0, access, privilege, out _, out _));
    }

    [Fact]
    public void Aarch64_WalksTheHalfOfTheAddress()
    {
        using GuestMemory memory = GuestMemory.Anonymous(0x10000);
        memory.Write(0x1000, 0x0060_0000_0020_0701UL);
        memory.Write(0x2000, 0x0060_0000_0040_0701UL);

        // 30 bits are two levels: blocks of 2 MiB in the root.
        TranslationRegime regime = TranslationRegime.FromAArch64(
            new AArch64Registers { Tcr = 0x0000_0002_a262_2222, Ttbr0 = 0x1000, Ttbr1 = 0x2000 });
        var walker = new PageWalker(memory, regime);
        Assert.Equal(new GuestAddress(0x20_0123), walker.Walk(0x123).Translation.Address);
        Assert.Equal(new GuestAddress(0x40_0123), walker.Walk(0xffff_ffff_c000_0123).Translation.Address);
        Assert.Same(regime.Lower, walker.Walk(0x123).Table);
        Assert.Same(regime.Upper, walker.Walk(0xffff_ffff_c000_0123).Table);
    }
}
