using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>The flags that processors keep: which entries, on which accesses, and that nothing else changes.</summary>
public sealed class AccessedDirtyTests
{
    private static readonly PageTableFormat X64 = PageTableFormat.X64FourLevels;
    private static readonly PageTableFormat Ept = PageTableFormat.Ept(new EptOptions { AccessedDirty = true });
    private static readonly PageTableFormat Svadu = PageTableFormat.RiscV(new RiscVOptions { HardwareAccessedDirty = true });
    private static readonly PageTableFormat Stage1
        = PageTableFormat.AArch64Stage1(new AArch64Stage1Options { HardwareAccessFlag = true, HardwareDirty = true });

    private static readonly PageTableFormat Stage2
        = PageTableFormat.AArch64Stage2(new AArch64Stage2Options { HardwareAccessFlag = true, HardwareDirty = true });

    // Bit 5 on every level, bit 6 in the leaf.
    [Theory]
    [InlineData(1, 0x8000_0000_1234_5007UL, MemoryAccess.Read, 0x8000_0000_1234_5027UL)]
    [InlineData(1, 0x8000_0000_1234_5007UL, MemoryAccess.None, 0x8000_0000_1234_5027UL)]
    [InlineData(1, 0x8000_0000_1234_5007UL, MemoryAccess.Write, 0x8000_0000_1234_5067UL)]
    [InlineData(1, 0x0000_0000_1234_5007UL, MemoryAccess.Execute, 0x0000_0000_1234_5027UL)]
    [InlineData(2, 0x8000_0000_1220_0087UL, MemoryAccess.Read, 0x8000_0000_1220_00a7UL)]
    [InlineData(2, 0x8000_0000_1220_0087UL, MemoryAccess.Write, 0x8000_0000_1220_00e7UL)]
    [InlineData(3, 0x8000_0000_4000_0087UL, MemoryAccess.ReadWrite, 0x8000_0000_4000_00e7UL)]
    public void X64_SetsAccessedOnAllLevels_AndDirtyInTheLeafOnWrites(int level, ulong leaf, MemoryAccess access, ulong updated)
        => Check(X64, level, leaf, access, updated, tablesHave: 0x20);

    // Bit 8 on every level, bit 9 in the leaf.
    [Theory]
    [InlineData(1, 0x1234_5037UL, MemoryAccess.Read, 0x1234_5137UL)]
    [InlineData(1, 0x1234_5037UL, MemoryAccess.Write, 0x1234_5337UL)]
    [InlineData(2, 0x1220_00b7UL, MemoryAccess.Execute, 0x1220_01b7UL)]
    public void Ept_SetsAccessedOnAllLevels_AndDirtyInTheLeafOnWrites(int level, ulong leaf, MemoryAccess access, ulong updated)
        => Check(Ept, level, leaf, access, updated, tablesHave: 0x100);

    [Fact]
    public void Ept_WithoutAccessedAndDirty_ChangesNothing()
        => Check(PageTableFormat.EptFourLevels, 1, 0x1234_5037, MemoryAccess.Write, 0x1234_5037, tablesHave: 0);

    // Bits 6 and 7, in the leaf only: in entries of tables they are reserved.
    [Theory]
    [InlineData(1, 0x2008_0007UL, MemoryAccess.Read, 0x2008_0047UL)]
    [InlineData(1, 0x2008_0007UL, MemoryAccess.Write, 0x2008_00c7UL)]
    [InlineData(1, 0x2008_0047UL, MemoryAccess.Write, 0x2008_00c7UL)]
    [InlineData(2, 0x2008_000fUL, MemoryAccess.Execute, 0x2008_004fUL)]
    [InlineData(3, 0x2000_0007UL, MemoryAccess.ReadWrite, 0x2000_00c7UL)]
    public void RiscV_SetsTheLeafsFlagsOnly(int level, ulong leaf, MemoryAccess access, ulong updated)
        => Check(Svadu, level, leaf, access, updated, tablesHave: 0);

    // AF is bit 10. A page with DBM (bit 51) is made dirty by clearing AP[2], bit 7.
    [Theory]
    [InlineData(1, 0x0060_0000_1234_5303UL, MemoryAccess.Read, 0x0060_0000_1234_5703UL)]
    [InlineData(1, 0x0060_0000_1234_5303UL, MemoryAccess.Write, 0x0060_0000_1234_5703UL)]
    [InlineData(1, 0x0068_0000_1234_5783UL, MemoryAccess.Read, 0x0068_0000_1234_5783UL)]
    [InlineData(1, 0x0068_0000_1234_5783UL, MemoryAccess.Write, 0x0068_0000_1234_5703UL)]
    [InlineData(1, 0x0068_0000_1234_5383UL, MemoryAccess.Write, 0x0068_0000_1234_5703UL)]
    [InlineData(2, 0x0068_0000_1220_0381UL, MemoryAccess.ReadWrite, 0x0068_0000_1220_0701UL)]
    [InlineData(3, 0x0060_0000_4000_0381UL, MemoryAccess.Read, 0x0060_0000_4000_0781UL)]
    public void AArch64_SetsTheLeafsFlagsOnly_AndClearsAp2(int level, ulong leaf, MemoryAccess access, ulong updated)
        => Check(Stage1, level, leaf, access, updated, tablesHave: 0);

    // Here it is S2AP[1], bit 7, which is set.
    [Theory]
    [InlineData(1, 0x0000_0000_8000_03ffUL, MemoryAccess.Write, 0x0000_0000_8000_07ffUL)]
    [InlineData(1, 0x0008_0000_8000_037fUL, MemoryAccess.Read, 0x0008_0000_8000_077fUL)]
    [InlineData(1, 0x0008_0000_8000_037fUL, MemoryAccess.Write, 0x0008_0000_8000_07ffUL)]
    [InlineData(2, 0x0008_0000_8020_077dUL, MemoryAccess.ReadWrite, 0x0008_0000_8020_07fdUL)]
    public void AArch64Stage2_SetsTheLeafsFlagsOnly_AndSetsS2Ap1(int level, ulong leaf, MemoryAccess access, ulong updated)
        => Check(Stage2, level, leaf, access, updated, tablesHave: 0);

    [Fact]
    public void AArch64_WithHaAlone_DoesNotMakeAnythingDirty()
    {
        PageTableFormat format = PageTableFormat.AArch64Stage1(new AArch64Stage1Options { HardwareAccessFlag = true });
        using var chain = new PageChain(format, 0x0068_0000_1234_5383);
        Assert.Equal(PageWalkFailureKind.Permission, chain.Walker(AccessedDirty.Update).Walk(0, MemoryAccess.Write).Failure.Kind);
        Assert.Equal(0x0068_0000_1234_5383UL, chain[1]);
        Assert.True(chain.Walker(AccessedDirty.Update).Walk(0, MemoryAccess.Read).IsTranslated);
        Assert.Equal(0x0068_0000_1234_5783UL, chain[1]);
    }

    [Theory]
    [InlineData(MemoryAccess.Execute, Privilege.Supervisor)]
    [InlineData(MemoryAccess.Write | MemoryAccess.Execute, Privilege.Supervisor)]
    [InlineData(MemoryAccess.Write, Privilege.User)]
    public void AccessThatIsNotAllowed_SetsNothing(MemoryAccess access, Privilege privilege)
    {
        foreach ((PageTableFormat format, ulong leaf) in new[]
        {
            (X64, 0x8000_0000_1234_5003UL), (Ept, 0x1234_5031UL), (Svadu, 0x2008_0007UL), (Stage1, 0x0068_0000_1234_5383UL),
            (Stage2, 0x0040_0000_8000_033fUL),
        })
        {
            using var chain = new PageChain(format, leaf);
            ClearTables(chain);
            ulong[] before = chain.Entries;
            Assert.False(
                chain.Walker(AccessedDirty.Update).TryTranslate(chain.Address, access, privilege, out _, out _), format.Name);
            Assert.Equal(before, chain.Entries);
        }
    }

    // Not present; and an address above 40 bits.
    [Theory]
    [InlineData(0x0000_0000_1234_5006UL)]
    [InlineData(0x0000_1000_1234_5007UL)]
    public void WalkThatEndsWithoutAPage_SetsNothing(ulong leaf)
    {
        using var chain = new PageChain(PageTableFormat.X64(new X64Options { PhysicalAddressBits = 40 }), leaf);
        ClearTables(chain);
        ulong[] before = chain.Entries;
        Assert.False(chain.Walker(AccessedDirty.Update).Walk(0).IsTranslated);
        Assert.Equal(before, chain.Entries);
    }

    [Fact]
    public void WalksThatOnlyLook_SetNothing()
    {
        foreach (AccessedDirty mode in (ReadOnlySpan<AccessedDirty>)[AccessedDirty.Ignore, AccessedDirty.Require])
        {
            using var chain = new PageChain(X64, 0x8000_0000_1234_5007);
            ClearTables(chain);
            ulong[] before = chain.Entries;
            chain.Walker(mode).Walk(0, MemoryAccess.Write);
            chain.Walker(mode).TryTranslate(0, MemoryAccess.Write, Privilege.User, out _, out _);
            Assert.Equal(before, chain.Entries);
        }
    }

    [Fact]
    public void FlagsThatAreSet_AreNotWrittenAgain()
    {
        using var chain = new PageChain(X64, 0x8000_0000_1234_5067);
        var space = new CountingSpace(chain.Memory);
        Assert.True(chain.Walker(space, AccessedDirty.Update).Walk(0, MemoryAccess.Write).IsTranslated);
        Assert.All(space.Calls, call => Assert.Equal(MemoryAccess.Read, call.Access));
    }

    private static void Check(PageTableFormat format, int level, ulong leaf, MemoryAccess access, ulong updated, ulong tablesHave)
    {
        using var chain = new PageChain(format, leaf, level);
        ClearTables(chain);
        ulong[] before = chain.Entries;
        PageWalk walk = chain.Walker(AccessedDirty.Update).Walk(chain.Address, access);
        Assert.True(walk.IsTranslated, walk.Failure.ToString());
        Assert.Equal($"0x{updated:x}", $"0x{chain[level]:x}");
        Assert.Equal(updated, walk.Translation.Entry);
        for (int i = 0; i < before.Length; i++)
        {
            Assert.Equal(i == before.Length - 1 ? updated : before[i] | tablesHave, chain.Entries[i]);

            // The trace has what decided about the access.
            Assert.Equal(before[i], walk.Entries[i].Entry);
        }
    }

    // The bits that are "accessed" on x86-64 and in EPT, and mean nothing in the other tables here.
    private static void ClearTables(PageChain chain)
    {
        for (int i = 0; i < chain.Entries.Length - 1; i++)
            chain[chain.Format.Levels[i].Number] &= ~0x120UL;
    }
}
