using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>What writes leave behind: dirty bits of entries, and marks in the bitmaps of regions.</summary>
public sealed class PagedMemoryDirtyTests
{
    private const ulong Accessed = 1 << 5;
    private const ulong Dirty = 1 << 6;

    // What the TLB knows of a clean page is not enough for a write.
    [Fact]
    public void Update_FirstWriteAfterAReadThatIsKept_SetsTheDirtyBit()
    {
        using PagedWorld world = NewWorld(AccessedDirty.Update);
        Assert.Equal(0UL, Bits(world));
        world.Space.Read<ulong>(world.Base);
        world.Space.Read<ulong>(world.Base);
        Assert.Equal(Accessed, Bits(world));
        world.Space.Write(world.Base, 1UL);
        Assert.Equal(Accessed | Dirty, Bits(world));
    }

    // Cleared without a flush the bits stay clear, as on a processor; with one they are set again.
    [Fact]
    public void Update_ClearedBits_AreSetAgainAfterAFlush()
    {
        using PagedWorld world = NewWorld(AccessedDirty.Update);
        world.Space.Write(world.Base, 1UL);
        Clear(world);
        world.Space.Write(world.Base, 2UL);
        Assert.Equal(0UL, Bits(world));
        world.Space.Flush(world.Base);
        world.Space.Write(world.Base, 3UL);
        Assert.Equal(Accessed | Dirty, Bits(world));
    }

    [Fact]
    public void Update_OfADeniedAccess_SetsNothing()
    {
        using PagedWorld world = NewWorld(AccessedDirty.Update, MemoryAccess.Read);
        Assert.False(world.Space.TryWrite(world.Base, 1UL, out _));
        Assert.Equal(0UL, Bits(world));
    }

    [Fact]
    public void Ignore_LeavesTheBitsAlone()
    {
        using PagedWorld world = NewWorld(AccessedDirty.Ignore);
        world.Space.Write(world.Base, 1UL);
        Assert.Equal(0UL, Bits(world));
    }

    [Fact]
    public void Require_FaultsUntilSomebodySetTheBits()
    {
        using PagedWorld world = NewWorld(AccessedDirty.Require);
        Assert.False(world.Space.TryRead(world.Base, out ulong _, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.NotPresent, world.Base, 8, MemoryAccess.Read, level: 1), fault);
        Set(world, Accessed);
        Assert.True(world.Space.TryRead(world.Base, out ulong _, out _));
        for (int i = 0; i < 2; i++)
        {
            Assert.False(world.Space.TryWrite(world.Base, 1UL, out fault));
            Assert.Equal(new AccessFault(FaultKind.NotPresent, world.Base, 8, MemoryAccess.Write, level: 1), fault);
        }

        Set(world, Dirty);
        Assert.True(world.Space.TryWrite(world.Base, 1UL, out _));
    }

    // On a miss, on a hit, across a border, and by each way of writing.
    [Fact]
    public void Write_MarksThePhysicalPagesInTheRegionsBitmap()
    {
        var bitmap = new DirtyBitmap(PagedWorld.Size);
        using var world = new PagedWorld(
            PageTableFormat.X64FourLevels, region: new RegionOptions { Dirty = bitmap });
        world.Map(world.Base, PagedWorld.Data + 0x5000, MemoryAccess.ReadWrite);
        world.Map(world.Base + 0x1000, PagedWorld.Data + 0x2000, MemoryAccess.ReadWrite);
        var pages = new DirtyPages();
        bitmap.Harvest(pages);
        Action[] writes =
        [
            () => world.Space.Write(world.Base + 0xffc, 1UL),
            () => world.Space.Write(world.Base + 0xff8, new byte[16]),
            () => world.Space.Fill(world.Base + 0xff0, 0x20, 1),
            () =>
            {
                world.Space.Write(world.Base, 1UL);
                world.Space.Write(world.Base + 0x1000, 1UL);
            },
            () =>
            {
                world.Space.FetchAdd(world.Base, 1UL);
                world.Space.Write(world.Base + 0x1000, 1UL);
            },
        ];
        foreach (Action write in writes)
        {
            Assert.False(bitmap.IsMarked(PagedWorld.Data + 0x5000));
            write();
            Assert.True(bitmap.IsMarked(PagedWorld.Data + 0x5000) && bitmap.IsMarked(PagedWorld.Data + 0x2000));
            Assert.False(bitmap.IsMarked(PagedWorld.Data + 0x3000) || bitmap.IsMarked(PagedWorld.Data + 0x6000));
            bitmap.Harvest(pages);
        }
    }

    // An entry that a processor updates is a write to the guest's memory like any other.
    [Fact]
    public void Update_MarksThePageOfTheTable()
    {
        var bitmap = new DirtyBitmap(PagedWorld.Size);
        using var world = new PagedWorld(
            PageTableFormat.X64FourLevels,
            new PagedMemoryOptions { AccessedDirty = AccessedDirty.Update },
            new RegionOptions { Dirty = bitmap });
        world.Map(world.Base, PagedWorld.Data, MemoryAccess.ReadWrite);
        Clear(world);
        bitmap.Harvest(new DirtyPages());
        world.Space.Read<ulong>(world.Base);
        Assert.True(bitmap.IsMarked(NaiveTables.Find(world.Memory, world.Editor.Table, world.Base, 1)!.Value.Address));
        Assert.False(bitmap.IsMarked(PagedWorld.Data));
    }

    private static PagedWorld NewWorld(AccessedDirty accessedDirty, MemoryAccess access = MemoryAccess.ReadWrite)
    {
        var world = new PagedWorld(PageTableFormat.X64FourLevels, new PagedMemoryOptions { AccessedDirty = accessedDirty });
        world.Map(world.Base, PagedWorld.Data, access);
        Clear(world);
        return world;
    }

    private static ulong Bits(PagedWorld world)
        => NaiveTables.Find(world.Memory, world.Editor.Table, world.Base, 1)!.Value.Entry & (Accessed | Dirty);

    private static void Clear(PagedWorld world)
    {
        (ulong place, ulong entry) = NaiveTables.Find(world.Memory, world.Editor.Table, world.Base, 1)!.Value;
        world.Memory.Write(place, new LittleEndian<ulong>(entry & ~(Accessed | Dirty)));
    }

    private static void Set(PagedWorld world, ulong bits)
    {
        (ulong place, ulong entry) = NaiveTables.Find(world.Memory, world.Editor.Table, world.Base, 1)!.Value;
        world.Memory.Write(place, new LittleEndian<ulong>(entry | bits));
    }
}
