using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>What a fault says, for every reason there is; the same by each way, and the same again.</summary>
public sealed class PagedMemoryFaultTests : IDisposable
{
    private const ulong Page = 0x7f00_0000_0000;
    private const ulong Present = 1;
    private const ulong Writable = 2;

    private readonly PagedWorld _world = new("x64 4 levels");

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    [InlineData(2)]
    [InlineData(1)]
    public void MissingEntry_TellsItsLevel(int level)
    {
        Break(level, entry => entry & ~Present);
        AssertFault(new AccessFault(FaultKind.NotPresent, Page + 8, 8, MemoryAccess.Read, level: (byte)level));
    }

    [Theory]
    [InlineData(4, 45)]
    [InlineData(1, 51)]
    public void ReservedBit_IsABadTranslation(int level, int bit)
    {
        using var world = new PagedWorld(PageTableFormat.X64(new X64Options { PhysicalAddressBits = 40 }));
        world.Map(Page, PagedWorld.Data, MemoryAccess.ReadWrite);
        Break(world, level, entry => entry | 1UL << bit);
        AssertFault(world.Space, new AccessFault(FaultKind.BadTranslation, Page + 8, 8, MemoryAccess.Read, level: (byte)level));
    }

    // The fault is the guest's: it tells the address that it used, and the level of the entry that could not be read.
    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    [InlineData(2)]
    public void TableOutsideOfMemory_IsABadTranslation(int level)
    {
        Break(level, entry => (entry & 0xfff) | PagedWorld.Size);
        AssertFault(new AccessFault(FaultKind.BadTranslation, Page + 8, 8, MemoryAccess.Read, level: (byte)(level - 1)));
    }

    [Fact]
    public void PageOutsideOfMemory_IsUnmapped()
    {
        Break(1, entry => (entry & 0xfff) | PagedWorld.Size);
        AssertFault(new AccessFault(FaultKind.Unmapped, Page + 8, 8, MemoryAccess.Read));

        // Where the device would be.
        Assert.True(_world.Space.TryTranslate(
            Page + 8, 8, MemoryAccess.Read, out GuestAddress target, out ulong contiguous, out _));
        Assert.Equal((PagedWorld.Size + 8, 8UL), (target.Value, contiguous));
    }

    [Fact]
    public void RightsOfTheTable_AreThere()
    {
        Break(3, entry => entry & ~Writable);
        Assert.True(_world.Space.TryRead(Page, out ulong _, out _));
        for (int i = 0; i < 2; i++)
        {
            Assert.False(_world.Space.TryWrite(Page, 1UL, out AccessFault fault));
            Assert.Equal(FaultKind.Permission, fault.Kind);
            Assert.Equal(MemoryAccess.Read, fault.Allowed & MemoryAccess.ReadWrite);
        }
    }

    [Fact]
    public void UsersView_OfASupervisorsPage_IsDenied()
    {
        var user = new PagedMemory(
            _world.Memory, TranslationRegime.Of(_world.Editor.Table), new PagedMemoryOptions { Privilege = Privilege.User });
        Break(1, entry => entry);
        Assert.True(_world.Space.TryRead(Page + 8, out ulong _, out _));
        AssertFault(user, new AccessFault(FaultKind.Permission, Page + 8, 8, MemoryAccess.Read));
    }

    [Fact]
    public void NonCanonical_IsUnmapped()
        => AssertFault(
            _world.Space, new AccessFault(FaultKind.Unmapped, 0x8000_0000_0000, 8, MemoryAccess.Read), 0x8000_0000_0000);

    // The page below the hole is there: what is wrong begins at the hole.
    [Fact]
    public void ValueAcrossTheHole_FaultsAtTheHole()
    {
        _world.Map(0x7fff_ffff_f000, PagedWorld.Data, MemoryAccess.ReadWrite);
        for (int i = 0; i < 2; i++)
        {
            Assert.False(_world.Space.TryRead(0x7fff_ffff_fffc, out ulong _, out AccessFault fault));
            Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x8000_0000_0000, 4, MemoryAccess.Read), fault);
        }
    }

    [Fact]
    public void ValueAcrossTheLastAddress_Overflows()
    {
        _world.Map(ulong.MaxValue - 0xfff, PagedWorld.Data, MemoryAccess.ReadWrite);
        Assert.True(_world.Space.TryWrite(ulong.MaxValue - 7, 1UL, out _));
        Assert.False(_world.Space.TryWrite(ulong.MaxValue - 3, 2UL, out AccessFault fault));
        Assert.Equal(FaultKind.Overflow, fault.Kind);
        Assert.Equal(1UL, _world.Space.Read<ulong>(ulong.MaxValue - 7));
    }

    [Fact]
    public void TranslationsOfOtherSpaces_AreForgottenOnASwitch()
    {
        _world.Map(Page, PagedWorld.Data, MemoryAccess.ReadWrite);
        Assert.True(_world.Space.TryRead(Page, out ulong _, out _));
        var empty = new PageTableEditor(
            _world.Memory,
            PageTableFormat.X64FourLevels,
            new FrameAllocator(new GuestRange(PagedWorld.Data + 0x10_0000, 0x1000)));
        _world.Space.Switch(TranslationRegime.Of(empty.Table));
        Assert.False(_world.Space.TryRead(Page, out ulong _, out _));
        Assert.Equal(empty.Table.Root, _world.Space.Walker.Regime.Lower!.Root);
        _world.Space.Switch(TranslationRegime.Of(_world.Editor.Table));
        Assert.True(_world.Space.TryRead(Page, out ulong _, out _));
    }

    public void Dispose() => _world.Dispose();

    private void Break(int level, Func<ulong, ulong> change)
    {
        _world.Map(Page, PagedWorld.Data, MemoryAccess.ReadWrite);
        Break(_world, level, change);
    }

    private static void Break(PagedWorld world, int level, Func<ulong, ulong> change)
    {
        (ulong place, ulong entry) = NaiveTables.Find(world.Memory, world.Editor.Table, Page, level)!.Value;
        world.Memory.Write(place, new LittleEndian<ulong>(change(entry)));
    }

    private void AssertFault(AccessFault expected) => AssertFault(_world.Space, expected);

    private static void AssertFault(PagedMemory space, AccessFault expected, ulong address = Page + 8)
    {
        for (int i = 0; i < 2; i++)
        {
            Assert.False(space.TryRead(address, out ulong _, out AccessFault fault));
            Assert.Equal(expected, fault);
            Assert.False(AddressSpaceExtensions.TryRead(space, address, out ulong _, out fault));
            Assert.Equal(expected, fault);
            Assert.Equal(0, space.Read(address, new byte[8], out fault));
            Assert.Equal(expected, fault);
            Assert.Equal(expected, Assert.Throws<GuestMemoryException>(() => space.Read<ulong>(address)).Fault);
        }
    }
}
