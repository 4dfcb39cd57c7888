using Xunit;

namespace Lodge.Memory.Tests;

public sealed class RegionIndexTests
{
    private const int Seed = 1501;
    private const ulong Page = 4096;
    private const ulong TopPage = ulong.MaxValue - Page + 1;

    [Fact]
    public void RegionsAtBothEndsOfTheAddressSpace_CostNoMore() => Check((0, Page), (TopPage, Page));

    [Fact]
    public void OneByteAtBothEndsOfTheAddressSpace_CostsNoMore() => Check((0, 1), (ulong.MaxValue, 1));

    [Fact]
    public void AGapInTheMiddleOfEverything_CostsNoMore()
        => Check((0, 1UL << 62), (1UL << 62, (1UL << 62) - Page), ((1UL << 63) + 1, (1UL << 62) - 8), ((1UL << 63) + (1UL << 62), 1UL << 62));

    [Fact]
    public void AllOfTheAddressSpace_InTwoRegions_IsFound() => Check((0, 1UL << 63), (1UL << 63, 1UL << 63));

    [Fact]
    public void AllOfTheAddressSpace_ButItsFirst16Bytes_IsFound() => Check((16, ulong.MaxValue - 15));

    [Fact]
    public void ATypicalMachine_IsSmall()
        => Check((0, 0xA_0000), (0xC_0000, 0x4_0000), (1 << 20, 3UL << 30), (0xFEC0_0000, Page), (0xFFFC_0000, 0x4_0000), (1UL << 32, 1UL << 40));

    [Fact]
    public void SixteenScatteredRegions_AreSmall()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 100; i++)
        {
            var starts = new SortedSet<ulong>();
            while (starts.Count < 16)
                starts.Add((ulong)random.NextInt64() & ~(Page - 1));

            Check([.. starts.Select(start => (start, Page))]);
        }
    }

    [Fact]
    public void RegionsOfEveryKind_AreSmallAndFound()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 300; i++)
        {
            Model.LayoutPlan plan = Model.LayoutGenerator.Next(random);
            Check([.. plan.Regions.Select(region => (region.Start, region.Size))]);
        }
    }

    [Fact]
    public void AThousandRegions_StayBelowTheLimit()
        => Check([.. Enumerable.Range(0, 1024).Select(i => ((ulong)i << 33, 2UL << 20))]);

    [Fact]
    public void TwentyThousandScatteredPages_StayBelowTheLimit()
    {
        var random = new Random(Seed);
        var starts = new SortedSet<ulong> { 0, TopPage };
        while (starts.Count < 20_000)
            starts.Add((ulong)random.NextInt64(long.MinValue, long.MaxValue) & ~(Page - 1));

        Check([.. starts.Select(start => (start, Page))]);
    }

    [Fact]
    public void TwentyThousandPagesWithOnePageBetween_StayBelowTheLimit()
        => Check([.. Enumerable.Range(0, 20_000).Select(i => ((ulong)i * 2 * Page, Page))]);

    [Fact]
    public void NoRegions_TakeNothing()
    {
        var index = new RegionIndex([]);
        Assert.Equal(0, index.TableBytes);
        Assert.Equal(-1, index.Find(0));
        Assert.Equal(-1, index.Find(ulong.MaxValue));
    }

    [Fact]
    public void ReadableAndWritable_AreOneTable_OnlyWhereTheRightsAreTheSame()
    {
        using HostMapping mapping = HostMapping.Anonymous(4 * Page);
        MemoryRegion ram = MemoryRegion.FromMapping(0, mapping, 0, 2 * Page);
        MemoryRegion rom = MemoryRegion.FromMapping(2 * Page, mapping, 2 * Page, 2 * Page, RegionOptions.ReadOnly);

        var both = new RegionIndex([ram]);
        Assert.Same(both.Readable, both.Writable);

        var index = new RegionIndex([ram, rom]);
        Assert.NotSame(index.Readable, index.Writable);
        for (int granule = 0; granule < index.Readable.Length; granule++)
        {
            ulong address = index.WindowStart + ((ulong)granule << index.Shift);
            Assert.NotEqual(RegionIndex.None, index.Readable[granule]);
            Assert.Equal(address >= 2 * Page, index.Writable[granule] == RegionIndex.None);
        }
    }

    private static void Check(params (ulong Start, ulong Size)[] layout)
    {
        MemoryRegion[] regions = Array.ConvertAll(layout, NewRegion);
        var index = new RegionIndex(regions);
        int limit = regions.Length <= 16 ? 64 << 10 : 1 << 20;
        Assert.InRange(index.TableBytes, 0, limit);

        // The first, the last, and the bytes around them: more than enough where there are many.
        int step = Math.Max(1, layout.Length / 200);
        for (int i = 0; i < layout.Length; i += step)
        {
            (ulong start, ulong size) = layout[i];
            foreach (ulong address in (ReadOnlySpan<ulong>)[start, start + (size / 2), start + (size - 1)])
                Assert.Equal(i, index.Find(address));

            foreach (ulong address in (ReadOnlySpan<ulong>)[unchecked(start - 1), unchecked(start + size)])
                Assert.Equal(LinearSearch(layout, address), index.Find(address));
        }

        var random = new Random(Seed);
        for (int i = 0; i < 1000; i++)
        {
            ulong address = AddressCases.Next(random);
            Assert.Equal(LinearSearch(layout, address), index.Find(address));
        }

        CheckEntries(index, layout);
    }

    private static void CheckEntries(RegionIndex index, (ulong Start, ulong Size)[] layout)
    {
        for (int granule = 0; granule < index.Readable.Length; granule += Math.Max(1, index.Readable.Length / 500))
        {
            ulong first = index.WindowStart + ((ulong)granule << index.Shift);
            ulong last = first + ((1UL << index.Shift) - 1);
            int number = LinearSearch(layout, first);
            bool isWhole = number >= 0 && last - layout[number].Start < layout[number].Size;
            Assert.Equal(isWhole, index.Readable[granule] != RegionIndex.None);
            Assert.Equal(isWhole ? number : -1, index.RegionOfGranule[granule]);
        }
    }

    // Nothing is read or written, so the regions may be over no memory at all, and longer than there is any.
    private static unsafe MemoryRegion NewRegion((ulong Start, ulong Size) part)
        => MemoryRegion.Borrowed(part.Start, (void*)(8 + (nint)(part.Start & 7)), part.Size);

    private static int LinearSearch((ulong Start, ulong Size)[] layout, ulong address)
        => Array.FindIndex(layout, part => address >= part.Start && address < (UInt128)part.Start + part.Size);
}
