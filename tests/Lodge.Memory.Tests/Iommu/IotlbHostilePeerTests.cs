using Xunit;

namespace Lodge.Memory.Tests;

public sealed class IotlbHostilePeerTests
{
    [Theory]
    [InlineData(0x1000UL, 0UL, 0x2000UL)]
    [InlineData(0UL, 0UL, 0UL)]
    [InlineData(0UL, 0x1001UL, 0xffff_ffff_ffff_f000UL)]
    [InlineData(8UL, 0xffff_ffff_ffff_fff8UL, 16UL)]
    [InlineData(0UL, 9UL, 0xffff_ffff_ffff_fff8UL)]
    [InlineData(0x1000UL, 0x1000UL, 0x2001UL)]
    [InlineData(0x1004UL, 0x1000UL, 0x2000UL)]
    public void Map_EmptyOrPast2To64OrMisaligned_IsRefusedAndChangesNothing(ulong start, ulong length, ulong target)
    {
        var iotlb = new Iotlb();
        var good = new IommuMapping(new GuestRange(0x1000, 0x1000), 0x5000, MemoryAccess.Read);
        Assert.True(iotlb.TryMap(good));

        Assert.False(iotlb.TryMap(new IommuMapping(new GuestRange(start, length), target, MemoryAccess.All)));

        Assert.Equal(1, iotlb.Count);
        Assert.True(iotlb.TryLookup(0x1800, out IommuMapping kept));
        Assert.Equal(good, kept);
    }

    [Theory]
    [InlineData(0UL, 0x1000UL, 0xffff_ffff_ffff_f000UL)]
    [InlineData(0UL, 8UL, 0xffff_ffff_ffff_fff8UL)]
    [InlineData(8UL, 0xffff_ffff_ffff_fff8UL, 8UL)]
    [InlineData(0xffff_ffff_ffff_f000UL, 0x1000UL, 0UL)]
    public void Map_ThatEndsExactlyAt2To64_IsKept(ulong start, ulong length, ulong target)
    {
        var iotlb = new Iotlb();
        Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(start, length), target, MemoryAccess.All)));
        Assert.True(iotlb.TryLookup(start + (length - 1), out _));
    }

    [Fact]
    public void MapWithoutEnd_StaysWithinTheCapacityAndForgetsTheOldest()
    {
        const int Capacity = 64;
        var iotlb = new Iotlb(Capacity);
        for (ulong page = 0; page < 10_000; page++)
        {
            Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(page << 12, 0x1000), page << 12, MemoryAccess.All)));
            Assert.True(iotlb.Count <= Capacity);
            Assert.True(iotlb.TryLookup(page << 12, out _), $"page {page} was just mapped");
        }

        for (ulong page = 10_000 - Capacity; page < 10_000; page++)
            Assert.True(iotlb.TryLookup(page << 12, out _), $"page {page} is one of the {Capacity} newest");

        Assert.False(iotlb.TryLookup((10_000UL - Capacity - 1) << 12, out _));
    }

    [Fact]
    public void CutWithoutEnd_StaysWithinTheCapacity()
    {
        const int Capacity = 32;
        var iotlb = new Iotlb(Capacity);
        for (int round = 0; round < 20; round++)
        {
            Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(0, 1 << 20), 1 << 30, MemoryAccess.All)));
            for (ulong offset = 0; offset < 1 << 20; offset += 2048)
            {
                iotlb.Invalidate(new GuestRange(offset, 1));
                Assert.True(iotlb.Count <= Capacity);
                Assert.False(iotlb.TryLookup(offset, out _));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Map_ThatSplitsAnotherInAFullCache_IsNotItselfForgotten(int capacity)
    {
        var iotlb = new Iotlb(capacity);
        Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(0, 0x10000), 0x100000, MemoryAccess.All)));
        var splitting = new IommuMapping(new GuestRange(0x8000, 0x1000), 0x200000, MemoryAccess.All);

        Assert.True(iotlb.TryMap(splitting));

        Assert.True(iotlb.Count <= capacity);
        Assert.True(iotlb.TryLookup(0x8000, out IommuMapping found), "what was mapped last is what the peer needs now");
        Assert.Equal(splitting, found);
    }

    [Fact]
    public void MapAndInvalidateWithoutEnd_KeepsNoMemory()
    {
        var iotlb = new Iotlb(16);
        Churn(iotlb, 20_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Churn(iotlb, 200_000);
        long after = GC.GetTotalMemory(forceFullCollection: true);

        // Entries of 200,000 mappings would be 12 MB and more; other tests allocate meanwhile, but not that much for good.
        Assert.True(after - before < 8 << 20, $"{after - before} bytes more");
        Assert.Equal(0, iotlb.Count);
    }

    private static void Churn(Iotlb iotlb, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            var range = new GuestRange((ulong)i << 12, 0x1000);
            Assert.True(iotlb.TryMap(new IommuMapping(range, 0, MemoryAccess.Read)));
            iotlb.Invalidate(range);
        }
    }
}
