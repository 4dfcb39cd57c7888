using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class SandboxLayoutTests
{
    [Fact]
    public void ScratchOf0x48000_LiesWhereTheAbiSays()
    {
        SandboxLayout layout = Of();
        Assert.Equal(Range(0xF_FFFB_8000, 0x48000), layout.Scratch);
        Assert.Equal(Range(0xFFFF_FFFF_FFFB_7000, 0x48000), layout.Window);
        Assert.Equal<GuestAddress>(0xF_FFFC_0000, layout.PageTables);
        Assert.Equal(Range(0xF_FFFB_8000, 0x4000), layout.Input);
        Assert.Equal(Range(0xF_FFFB_C000, 0x4000), layout.Output);
        Assert.Equal<GuestAddress>(0xF_FFFF_E000, layout.FreeEnd);
        Assert.Equal<GuestAddress>(0xFFFF_FFFF_FFFF_EFD0, SandboxLayout.ExceptionStackTop);
        Assert.Equal<GuestAddress>(0xFFFF_FFFF_FFFB_7000, layout.InWindow(layout.Input.Start));
        Assert.Equal<GuestAddress>(0xFFFF_FFFF_FFFB_B000, layout.InWindow(layout.Output.Start));
        Assert.Equal<GuestAddress>(0xFFFF_FFFF_FFFB_F000, layout.InWindow(layout.PageTables));
    }

    [Fact]
    public void Defaults_AreThoseOfTheAbi()
    {
        SandboxSizes sizes = new SandboxOptions().SizesFor(1);
        Assert.Equal(
            new SandboxSizes { Code = 1, Heap = 0x20000, InitData = 0, Input = 0x4000, Output = 0x4000, Scratch = 0x48000 },
            sizes);
        Assert.Equal(0x2000UL, SandboxSizes.LeastBuffer);
        Assert.Equal(sizes, Of(code: 1).Sizes);
    }

    [Fact]
    public void FixedAddresses_AreThoseOfTheAbi()
    {
        Assert.Equal(0x4000UL, SandboxAddresses.Image);
        Assert.Equal(0xF_FFFF_FFFFUL + 1, SandboxAddresses.ScratchEnd);
        Assert.Equal(0xFFFF_FFFF_FFFF_EFFFUL + 1, SandboxAddresses.WindowEnd);
        Assert.Equal(0xFFFF_FF00_0000_0000, SandboxAddresses.StackTop);
        Assert.Equal(0xFFFF_FE00_0000_0000, SandboxAddresses.StackLimit);
        Assert.Equal(0xFFFF_FD00_0000_0000, SandboxAddresses.DescriptorTables);
        Assert.Equal(Range(0xFFFF_8000_0000_0000, 0xFFFF_80FF_FFFF_FFFF - 0xFFFF_8000_0000_0000 + 1), SandboxAddresses.Reserved);
    }

    [Theory]
    [InlineData(Bookkeeping.ScratchSize, 0xF_FFFF_FFF8)]
    [InlineData(Bookkeeping.NextFree, 0xF_FFFF_FFF0)]
    [InlineData(Bookkeeping.SnapshotTables, 0xF_FFFF_FFE8)]
    [InlineData(Bookkeeping.Generation, 0xF_FFFF_FFE0)]
    [InlineData(Bookkeeping.Reseed, 0xF_FFFF_FFD8)]
    [InlineData(Bookkeeping.Bytes, 0xF_FFFF_FFD0)]
    public void Bookkeeping_IsCountedDownFromTheEnd(ulong distance, ulong address)
        => Assert.Equal<GuestAddress>(address, SandboxLayout.WordAt(distance));

    [Theory]
    [InlineData(1, 1, 0, 0x4000, 0x5000, 0x6000, 0x7000)]
    [InlineData(0x1000, 0x1000, 1, 0x4000, 0x5000, 0x6000, 0x7000)]
    [InlineData(0x1001, 0x1001, 0x1001, 0x4000, 0x6000, 0x7000, 0x9000)]
    [InlineData(0x12345, 0x20000, 0x3000, 0x4000, 0x17000, 0x18000, 0x38000)]
    public void Image_IsCodePebHeapInitDataInPagesOfTheirOwn(
        ulong codeSize, ulong heapSize, ulong initDataSize, ulong code, ulong peb, ulong heap, ulong initData)
    {
        SandboxLayout layout = Of(code: codeSize, heap: heapSize, initData: initDataSize);
        Assert.Equal(Range(code, peb - code), layout.Code);
        Assert.Equal(Range(peb, 0x1000), layout.Peb);
        Assert.Equal(Range(heap, initData - heap), layout.Heap);
        Assert.Equal(Range(initData, (initDataSize + 0xfff) & ~0xfffUL), layout.InitData);
        Assert.Equal(Range(0x4000, initData + layout.InitData.Length - 0x4000), layout.Image);
    }

    [Theory]
    [InlineData(0x2000, 0x2000, 0x4000)]
    [InlineData(0x2001, 0x2000, 0x5000)]
    [InlineData(0x2000, 0x2001, 0x5000)]
    [InlineData(0x2800, 0x2800, 0x5000)]
    [InlineData(0x2801, 0x2800, 0x6000)]
    [InlineData(0x5_0000, 0x2000, 0x5_2000)]
    public void Buffers_FollowEachOtherAndTheTablesBeginAtTheNextPage(ulong input, ulong output, ulong tables)
    {
        SandboxLayout layout = Of(input: input, output: output, scratch: 0x10_0000);
        Assert.Equal(Range(0xF_FFF0_0000, input), layout.Input);
        Assert.Equal(Range(0xF_FFF0_0000 + input, output), layout.Output);
        Assert.Equal<GuestAddress>(0xF_FFF0_0000 + tables, layout.PageTables);
    }

    [Theory]
    [InlineData(0x2000, 0x2000, 0x10000)]
    [InlineData(0x4000, 0x4000, 0x14000)]
    [InlineData(0x2001, 0x2000, 0x11000)]
    [InlineData(0x2800, 0x2800, 0x11000)]
    public void LeastScratch_IsTheBuffersAndTwelvePages(ulong input, ulong output, ulong least)
    {
        Assert.Equal(least, Of(input: input, output: output, scratch: least).Scratch.Length);
        Assert.Equal(least, Of(input: input, output: output, scratch: least - 0xfff).Scratch.Length);
        Refuses(() => Of(input: input, output: output, scratch: least - 0x1000));
        Refuses(() => Of(input: input, output: output, scratch: 0));
    }

    [Fact]
    public void ImageAndScratch_FitBelow64GiBOrAreRefused()
    {
        // Code, PEB and heap of a page each end at 0x7000.
        const ulong Most = (1UL << 36) - 0x7000;
        Assert.Equal(Most, Of(code: 1, heap: 1, scratch: Most).Scratch.Length);
        Refuses(() => Of(code: 1, heap: 1, scratch: Most + 1));
        Assert.Equal<GuestAddress>(0x6000, Of(code: 1, heap: Most + 0x1000 - 0x48000).Heap.Start);
        Refuses(() => Of(code: 1, heap: Most + 0x1000 - 0x48000 + 1));
    }

    [Fact]
    public void SizesWithoutMeasure_AreRefused()
    {
        ulong[] sizes = [(1UL << 36) - 0x3fff, 1UL << 36, (1UL << 36) + 1, 1UL << 62, long.MaxValue - 0xfff, long.MaxValue];
        foreach (ulong size in sizes)
        {
            Refuses(() => Of(code: size));
            Refuses(() => Of(heap: size));
            Refuses(() => Of(initData: size));
            Refuses(() => Of(scratch: size));
            Refuses(() => Of(input: size));
            Refuses(() => Of(output: size));
        }
    }

    [Fact]
    public void Regions_AreThePartsInOrderWithoutEmptyOnes()
    {
        Assert.Equal(
            "code 0x4000-0x5000 r-x, peb 0x5000-0x6000 rw-, heap 0x6000-0x26000 rw-, scratch 0xffffb8000-0x1000000000 rw-",
            string.Join(", ", Of(code: 1).Regions));
        Assert.Equal(
            "code 0x4000-0x6000 r-x, peb 0x6000-0x7000 rw-, heap 0x7000-0x27000 rw-, initdata 0x27000-0x28000 r--, "
                + "scratch 0xffffb8000-0x1000000000 rw-",
            string.Join(", ", Of(code: 0x1001, initData: 5).Regions));
    }

    private static SandboxLayout Of(
        ulong code = 0x1000,
        ulong heap = 0x20000,
        ulong initData = 0,
        ulong scratch = 0x48000,
        ulong input = 0x4000,
        ulong output = 0x4000)
        => new(new SandboxSizes
        {
            Code = code,
            Heap = heap,
            InitData = initData,
            Scratch = scratch,
            Input = input,
            Output = output,
        });

    private static GuestRange Range(ulong start, ulong length) => new(start, length);

    private static void Refuses(Func<SandboxLayout> make) => Assert.Throws<ArgumentException>(make);
}
