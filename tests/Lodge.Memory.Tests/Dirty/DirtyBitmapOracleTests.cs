using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>The bitmap against a set of page numbers, over generated sizes and operations.</summary>
public sealed class DirtyBitmapOracleTests
{
    private const int Cases = 1500;

    [Fact]
    public void GeneratedMarksMergesAndHarvests_AgreeWithASetOfPages()
    {
        int firstSeed = Environment.TickCount;
        for (int i = 0; i < Cases; i++)
        {
            int seed = unchecked(firstSeed + i);
            RunBitmap(new Random(seed), $"seed {seed}");
        }
    }

    [Fact]
    public void GeneratedRegionsOverOneBitmap_AgreeWithASetOfPages()
    {
        int firstSeed = Environment.TickCount;
        for (int i = 0; i < Cases / 5; i++)
        {
            int seed = unchecked(firstSeed + i);
            RunRegions(new Random(seed), $"seed {seed}");
        }
    }

    private static void RunBitmap(Random random, string where)
    {
        PageSize pageSize = PageSize.FromBytes(1ul << random.Next(12, 22));
        ulong pageCount = (ulong)random.Next(1, random.Next(2) == 0 ? 130 : 3000);
        ulong size = (pageCount * pageSize.Bytes) - (ulong)random.Next((int)pageSize.Bytes);
        var bitmap = new DirtyBitmap(size, pageSize);
        var oracle = new PageSetOracle(pageSize.Shift);
        var pages = new DirtyPages();
        for (int step = 0; step < 12; step++)
        {
            switch (random.Next(6))
            {
                case 0 or 1 or 2:
                    ulong offset = (ulong)random.NextInt64((long)size);
                    ulong length = (ulong)random.NextInt64((long)Math.Min(size - offset, pageSize.Bytes << random.Next(8)) + 1);
                    bitmap.Mark(offset, length);
                    oracle.Mark(offset, length);
                    break;
                case 3:
                    Merge(random, bitmap, oracle, pageCount);
                    break;
                case 4:
                    ulong asked = (ulong)random.NextInt64((long)size);
                    Assert.True(oracle.IsMarked(asked) == bitmap.IsMarked(asked), where);
                    break;
                default:
                    Harvest(random, bitmap, oracle, pages, where);
                    break;
            }
        }

        Harvest(random, bitmap, oracle, pages, where);
    }

    private static void Harvest(Random random, DirtyBitmap bitmap, PageSetOracle oracle, DirtyPages pages, string where)
    {
        bitmap.Harvest(pages);
        List<GuestRange> expected = oracle.TakeRanges();
        Assert.True(expected.SequenceEqual(pages), $"{where}: {string.Join(" ", expected)} and not {string.Join(" ", pages)}");
        Assert.Equal((ulong)expected.Sum(range => (long)range.Length), pages.PageCount * bitmap.PageSize.Bytes);
        if (random.Next(2) != 0)
            return;

        bitmap.PutBack(pages);
        expected.ForEach(range => oracle.Mark(range.Start.Value, range.Length));
    }

    private static void Merge(Random random, DirtyBitmap bitmap, PageSetOracle oracle, ulong pageCount)
    {
        ulong firstWord = (ulong)random.NextInt64((long)((pageCount + 63) / 64));
        var log = new ulong[random.Next(4)];
        for (int i = 0; i < log.Length; i++)
        {
            log[i] = (ulong)random.NextInt64(long.MinValue, long.MaxValue) & (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            for (int bit = 0; bit < 64; bit++)
            {
                ulong page = ((firstWord + (ulong)i) * 64) + (ulong)bit;
                if (page >= pageCount)
                    log[i] &= ~(1ul << bit);
                else if ((log[i] >> bit & 1) != 0)
                    oracle.MarkPage(page);
            }
        }

        bitmap.Merge(log, firstWord * 64 * bitmap.PageSize.Bytes);
    }

    // Regions of odd starts and sizes, with holes, share one bitmap; the harvest has to tell their pages by guest address.
    private static void RunRegions(Random random, string where)
    {
        PageSize pageSize = PageSize.FromBytes(1ul << random.Next(12, 15));
        ulong basis = random.Next(2) == 0 ? 0 : ulong.MaxValue - (pageSize.Bytes << 9) + 1;
        var bitmap = new DirtyBitmap(pageSize.Bytes << 9, pageSize);
        GuestMemory memory = GuestMemory.Empty;
        ulong next = (ulong)random.Next(0x3000);
        for (int i = 0; i < 6; i++)
        {
            ulong size = (ulong)random.Next(1, (int)pageSize.Bytes * 70);
            if (next + size > bitmap.Size)
                break;

            var options = new RegionOptions { Dirty = bitmap, DirtyOffset = next };
            memory = memory.With(MemoryRegion.Anonymous(basis + next, size, options));
            next += size + (random.Next(2) == 0 ? 0 : (ulong)random.Next((int)pageSize.Bytes * 3));
        }

        var oracle = new PageSetOracle(pageSize.Shift);
        var pages = new DirtyPages();
        for (int step = 0; step < 40; step++)
        {
            MemoryRegion region = memory.Regions[random.Next(memory.Regions.Length)];
            ulong offset = (ulong)random.NextInt64((long)region.Size);
            ulong length = (ulong)random.NextInt64((long)Math.Min(region.Size - offset, 0x5000) + 1);
            memory.Fill(region.Start + offset, length, 1);
            if (length != 0)
                oracle.Mark(region.Start.Value + offset, length);
        }

        memory.HarvestDirty(pages);
        List<ulong> expected = oracle.TakePages();
        Assert.True(expected.SequenceEqual(PagesOf(pages)), $"{where}: {string.Join(" ", expected)} and not {string.Join(" ", pages)}");
        Assert.True((ulong)expected.Count == pages.PageCount, where);

        memory.PutBackDirty(pages);
        memory.HarvestDirty(pages);
        Assert.True(expected.SequenceEqual(PagesOf(pages)), $"{where}: other pages after they were put back");
        memory.Dispose();
    }

    private static IEnumerable<ulong> PagesOf(DirtyPages pages)
    {
        foreach (GuestRange range in pages)
        {
            for (ulong offset = 0; offset < range.Length; offset += pages.PageSize.Bytes)
                yield return unchecked(range.Start.Value + offset);
        }
    }
}
