using Xunit;

namespace Lodge.Memory.Tests;

public sealed class GuestMemoryTests
{
    private const ulong Page = 4096;
    private const ulong TopPage = ulong.MaxValue - Page + 1;

    [Fact]
    public void Create_SortsRegions()
    {
        using GuestMemory memory = GuestMemory.Create(
            MemoryRegion.Anonymous(2 * Page, Page), MemoryRegion.Anonymous(TopPage, Page), MemoryRegion.Anonymous(0, Page));
        Assert.Equal([0, 2 * Page, TopPage], memory.Regions.Select(region => region.Start.Value));
        Assert.Equal((UInt128)3 * Page, memory.Size);
        Assert.Equal(memory.Regions.Length, memory.ToString().Split(Environment.NewLine).Length);
    }

    [Fact]
    public void Create_WithRegionsThatTouch_IsAllowed()
    {
        using GuestMemory memory = GuestMemory.Create(MemoryRegion.Anonymous(0, 3), MemoryRegion.Anonymous(3, 4), MemoryRegion.Anonymous(7, 1));
        memory.Write(0, 0x0807060504030201UL);
        Assert.Equal(0x0807060504030201UL, memory.Read<ulong>(0));
        Assert.Equal((byte)8, memory.Read<byte>(7));
    }

    [Theory]
    [InlineData(0UL, 1UL)]
    [InlineData(4095UL, 1UL)]
    [InlineData(4095UL, 4096UL)]
    [InlineData(0UL, 4096UL)]
    [InlineData(100UL, 8UL)]
    public void Create_WithRegionsThatOverlap_IsRefused(ulong start, ulong size)
    {
        using MemoryRegion first = MemoryRegion.Anonymous(0, Page);
        using MemoryRegion second = MemoryRegion.Anonymous(start, size);
        ArgumentException exception = Assert.Throws<ArgumentException>(() => GuestMemory.Create(first, second));
        Assert.Contains("overlap", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GuestMemory.Create(first).With(second));
    }

    [Fact]
    public void Create_WithTheSameRegionTwice_IsRefused()
    {
        using MemoryRegion region = MemoryRegion.Anonymous(0, Page);
        Assert.Throws<ArgumentException>(() => GuestMemory.Create(region, region));
    }

    [Fact]
    public void Create_WithADisposedRegion_IsRefused()
    {
        MemoryRegion region = MemoryRegion.Anonymous(0, Page);
        region.Dispose();
        Assert.Throws<ObjectDisposedException>(() => GuestMemory.Create(region));
        Assert.Throws<ObjectDisposedException>(() => GuestMemory.Empty.With(region));
    }

    [Fact]
    public void ANullRegion_IsAnArgumentNullException()
    {
        using GuestMemory memory = GuestMemory.Anonymous(Page);
        Assert.ThrowsAny<ArgumentNullException>(() => memory.With(null!));
        Assert.ThrowsAny<ArgumentNullException>(() => GuestMemory.Create([null!]));
    }

    [Fact]
    public void ARegionOfNoBytes_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryRegion.Anonymous(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => GuestMemory.Anonymous(0));
    }

    [Theory]
    [InlineData(ulong.MaxValue, 2UL)]
    [InlineData(TopPage, Page + 1)]
    [InlineData(1UL, ulong.MaxValue)]
    [InlineData(4095UL, ulong.MaxValue - 4094)]
    public void ARegionThatIsTooLong_IsRefused(ulong start, ulong size)
    {
        Exception exception = Assert.ThrowsAny<Exception>(() => MemoryRegion.Anonymous(start, size));
        Assert.True(exception is ArgumentOutOfRangeException or HostMemoryException, exception.ToString());
    }

    [Fact]
    public void Without_KeepsWhatTheRegionHolds()
    {
        using GuestMemory both = GuestMemory.Create(MemoryRegion.Anonymous(0, Page), MemoryRegion.Anonymous(Page, Page));
        both.Write(Page + 8, 77UL);
        MemoryRegion second = both.Regions[1];
        GuestMemory one = both.Without(second.Range);
        Assert.Single(one.Regions);
        Assert.False(one.TryRead<ulong>(Page + 8, out _, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Unmapped, Page + 8, 8, MemoryAccess.Read), fault);
        Assert.Equal(77UL, both.Read<ulong>(Page + 8));
        Assert.Equal(77UL, one.With(second).Read<ulong>(Page + 8));
    }

    [Fact]
    public void Without_PartOfARegion_IsRefused()
    {
        using GuestMemory memory = GuestMemory.Create(MemoryRegion.Anonymous(0, Page), MemoryRegion.Anonymous(TopPage, Page));
        Assert.Throws<ArgumentException>(() => memory.Without(new GuestRange(0, Page - 1)));
        Assert.Throws<ArgumentException>(() => memory.Without(new GuestRange(1, Page)));
        Assert.Throws<ArgumentException>(() => memory.Without(new GuestRange(ulong.MaxValue, 1)));
        Assert.Equal(2, memory.Without(new GuestRange(8, 0)).Regions.Length);
        Assert.Equal(2, memory.Without(new GuestRange(Page, TopPage - Page)).Regions.Length);
        Assert.Empty(memory.Without(new GuestRange(0, Page)).Without(new GuestRange(1, ulong.MaxValue)).Regions);
    }

    [Fact]
    public void Empty_HasNothing()
    {
        Assert.Empty(GuestMemory.Empty.Regions);
        Assert.Equal(UInt128.Zero, GuestMemory.Empty.Size);
        Assert.False(GuestMemory.Empty.TryRead<byte>(0, out _, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0, 1, MemoryAccess.Read), fault);
        Assert.False(GuestMemory.Empty.TryFindRegion(0, out MemoryRegion? region));
        Assert.Null(region);
        Assert.True(GuestMemory.Empty.IsAccessible(default, MemoryAccess.All));
        Assert.Equal(FaultKind.Unmapped, GuestMemory.Empty.LoadU64(0, out _));
        Assert.Equal(0, GuestMemory.Empty.Read(0, new byte[8]));
        Assert.Equal("(empty)", GuestMemory.Empty.ToString());
    }

    [Fact]
    public void WithPermissions_SharesTheMemory_AndNotTheRights()
    {
        using MemoryRegion ram = MemoryRegion.Anonymous(0, Page);
        GuestMemory host = GuestMemory.Create(ram);
        GuestMemory guest = GuestMemory.Create(ram.WithPermissions(MemoryAccess.Read));
        host.Write(8, 5);
        Assert.Equal(5, guest.Read<int>(8));
        Assert.False(guest.TryWrite(8, 6, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Permission, 8, 4, MemoryAccess.Write, MemoryAccess.Read), fault);
        Assert.Equal(5, host.Read<int>(8));
    }

    [Fact]
    public void TheOwner_CanLoadRom()
    {
        using MemoryRegion rom = MemoryRegion.Anonymous(TopPage, Page, RegionOptions.ReadOnly);
        GuestMemory memory = GuestMemory.Create(rom);
        rom.GetHostSlice().Write(Page - 4, 0xEAEA_EAEA);
        Assert.Equal(0xEAEA_EAEA, memory.Read<uint>(ulong.MaxValue - 3));
        Assert.Equal(FaultKind.Permission, memory.StoreU32(ulong.MaxValue - 3, 0));
        Assert.Equal(0xEAEA_EAEA, memory.Read<uint>(ulong.MaxValue - 3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void ARegionShorterThanTheValue_IsAFaultBehindItsEnd(int size)
    {
        // Right before 2^64, right after 0, and in the middle.
        foreach (ulong start in (ReadOnlySpan<ulong>)[0, 0x1000, 0x1000 - (ulong)size])
        {
            using GuestMemory memory = GuestMemory.Create(MemoryRegion.Anonymous(start, (ulong)size));
            Assert.False(memory.TryRead<ulong>(start, out ulong value, out AccessFault fault));
            Assert.Equal(0UL, value);
            Assert.Equal(new AccessFault(FaultKind.Unmapped, start + (ulong)size, 8 - (ulong)size, MemoryAccess.Read), fault);
            Assert.False(memory.TryWrite(start, ulong.MaxValue, out _));
            Assert.Equal(size, memory.Read(start, new byte[8], out fault));
            Assert.False(memory.Regions[0].GetHostSlice().DangerousGetReadOnlySpan().ContainsAnyExcept((byte)0));
        }

        ulong top = ulong.MaxValue - (ulong)size + 1;
        using GuestMemory last = GuestMemory.Create(MemoryRegion.Anonymous(top, (ulong)size));
        Assert.False(last.TryRead<ulong>(top, out _, out AccessFault overflow));
        Assert.Equal(new AccessFault(FaultKind.Overflow, top, 8, MemoryAccess.Read), overflow);
        Assert.Equal(size, last.Read(top, new byte[8], out _));
    }

    [Fact]
    public void LongLengthsNearTheTop_Overflow()
    {
        using GuestMemory memory = GuestMemory.Create(MemoryRegion.Anonymous(TopPage, Page), MemoryRegion.Anonymous(0, Page));
        foreach (ulong length in (ReadOnlySpan<ulong>)[Page + 1, 2 * Page, 1UL << 32, ulong.MaxValue])
        {
            Assert.False(memory.TryFill(TopPage, length, 1, out AccessFault fault));
            Assert.Equal(new AccessFault(FaultKind.Overflow, TopPage, length, MemoryAccess.Write), fault);
            Assert.False(memory.TryCopy(TopPage, 0, length, out fault));
            Assert.Equal(new AccessFault(FaultKind.Overflow, TopPage, length, MemoryAccess.Read), fault);
            Assert.False(memory.TryIndexOf(TopPage, length, 1, out ulong index, out fault));
            Assert.Equal((FaultKind.Overflow, Page), (fault.Kind, index));
        }

        Assert.True(memory.TryFill(TopPage, Page, 1, out _));
        Assert.Equal(0, memory.Read<byte>(0));
        Assert.Equal(1, memory.Read<byte>(ulong.MaxValue));
    }

    [Theory]
    [InlineData((1UL << 32) - 1)]
    [InlineData(1UL << 32)]
    [InlineData((1UL << 32) + 1)]
    public void RegionsAround4GiB_AreReachedToTheirLastByte(ulong size)
    {
        foreach (ulong start in (ReadOnlySpan<ulong>)[0, 0x1001, ulong.MaxValue - size + 1])
        {
            using GuestMemory memory = GuestMemory.Create(MemoryRegion.Anonymous(start, size));
            ulong last = start + (size - 1);
            memory.Write<byte>(last, 0x5A);
            memory.Write(last - 8, 0x11UL);
            Assert.Equal(0x5A, memory.Read<byte>(last));
            Assert.Equal(0x11UL, memory.Read<ulong>(last - 8));
            Assert.True(memory.IsAccessible(new GuestRange(start, size), MemoryAccess.ReadWrite));
            Assert.False(memory.TryRead<ushort>(last, out _, out AccessFault fault));
            Assert.Equal(last == ulong.MaxValue ? FaultKind.Overflow : FaultKind.Unmapped, fault.Kind);
            Assert.True(memory.TryGetSlice(start, ulong.MaxValue, MemoryAccess.Read, out GuestSlice slice, out _));
            Assert.Equal(size, slice.Length);
        }
    }

    [LinuxFact]
    public void AfterDispose_ReadsZeros()
    {
        GuestMemory memory = GuestMemory.Anonymous(2 * Page);
        memory.Write(8, ulong.MaxValue);
        memory.Dispose();
        Assert.Equal(0UL, memory.Read<ulong>(8));
        Assert.Throws<ObjectDisposedException>(() => memory.Regions[0].GetHostSlice());
        Assert.Throws<ObjectDisposedException>(() => memory.Regions[0].GetSlice(0, 8, MemoryAccess.Read));
    }
}
