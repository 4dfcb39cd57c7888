using Xunit;

namespace Lodge.Memory.Tests;

public sealed class RegionLayoutBuilderTests
{
    [Fact]
    public void Parts_FollowEachOtherWithoutGapsInWholePages()
    {
        RegionLayout layout = new RegionLayoutBuilder(0x4000)
            .Push("code", 1, MemoryAccess.ReadExecute)
            .Push("none", 0, MemoryAccess.All)
            .Push("data", 0x1001, MemoryAccess.ReadWrite)
            .Push("stack", 0x2000, MemoryAccess.ReadWrite)
            .Build();

        Assert.Equal(
            [
                new LayoutPart("code", new GuestRange(0x4000, 0x1000), MemoryAccess.ReadExecute, 1),
                new LayoutPart("data", new GuestRange(0x5000, 0x2000), MemoryAccess.ReadWrite, 0x1001),
                new LayoutPart("stack", new GuestRange(0x7000, 0x2000), MemoryAccess.ReadWrite, 0x2000),
            ],
            layout.Parts);
        Assert.Equal(new GuestRange(0x4000, 0x5000), layout.Range);
        Assert.Equal(0x5000ul, layout["data"].Range.Start.Value);
        Assert.Throws<KeyNotFoundException>(() => layout["none"]);
    }

    [Fact]
    public void Allocate_PutsPartsNextToEachOtherInTheHostToo()
    {
        RegionLayout layout = new RegionLayoutBuilder(0x10_0000)
            .Push("code", 0x1800, MemoryAccess.ReadExecute)
            .Push("heap", 0x9000, MemoryAccess.ReadWrite)
            .Build();
        MemoryRegion[] regions = layout.Allocate();
        GuestMemory memory = GuestMemory.Create(regions);

        Assert.Equal(["code", "heap"], regions.Select(region => region.Label));
        Assert.Equal(
            regions[0].GetHostSlice().DangerousAddress + 0x2000, regions[1].GetHostSlice().DangerousAddress);
        Assert.Equal(FaultKind.Permission, memory.StoreU8(0x10_0000, 1));
        Assert.Equal(FaultKind.None, memory.StoreU8(0x10_2000, 1));
        Assert.True(memory.IsAccessible(layout.Range, MemoryAccess.Read));
        memory.Dispose();
    }

    [Fact]
    public void Allocate_RegionsAreDisposedOfOneByOne()
    {
        MemoryRegion[] regions = new RegionLayoutBuilder(0)
            .Push("a", 0x1000, MemoryAccess.All)
            .Push("b", 0x1000, MemoryAccess.All)
            .Build()
            .Allocate();
        regions[1].GetHostSlice().Fill(7);

        regions[0].Dispose();

        Assert.True(regions[0].IsDisposed);
        Assert.False(regions[1].IsDisposed);
        Assert.Equal(7, regions[1].GetHostSlice().Read<byte>(0xfff));
        regions[1].Dispose();
    }

    [Fact]
    public void LargerPages_RoundPartsUpToThem()
    {
        RegionLayout layout = new RegionLayoutBuilder(0x20_0000, PageSize.Size64K)
            .Push("a", 1, MemoryAccess.Read)
            .Push("b", 0x10001, MemoryAccess.Read)
            .Build();

        Assert.Equal(0x21_0000ul, layout["b"].Range.Start.Value);
        Assert.Equal(0x3_0000ul, layout.Range.Length);
    }

    [Fact]
    public void LastPage_OfTheAddressSpace_CanBeAPart()
    {
        var builder = new RegionLayoutBuilder(0xffff_ffff_ffff_e000);
        builder.Push("a", 0x1000, MemoryAccess.All).Push("b", 0x1000, MemoryAccess.All);

        Assert.Equal(ulong.MaxValue, builder.Build().Range.Last.Value);
        Assert.Throws<OverflowException>(() => builder.Push("c", 1, MemoryAccess.All));
        Assert.Equal(0x2000ul, builder.Size);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue - 0xffe)]
    public void PartThatPassesTheTop_IsRefused(ulong size)
        => Assert.Throws<OverflowException>(() => new RegionLayoutBuilder(0x1000).Push("a", size, MemoryAccess.All));

    [Fact]
    public void Misuse_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new RegionLayoutBuilder(0x800));
        Assert.Throws<ArgumentException>(() => new RegionLayoutBuilder(0x1000, PageSize.Size64K));
        Assert.Throws<InvalidOperationException>(() => new RegionLayoutBuilder(0).Build());
        Assert.Throws<ArgumentException>(
            () => new RegionLayoutBuilder(0).Push("a", 1, MemoryAccess.All).Push("a", 1, MemoryAccess.All));
        Assert.Throws<ArgumentException>(() => new RegionLayoutBuilder(0).Push("", 1, MemoryAccess.All));
    }
}
