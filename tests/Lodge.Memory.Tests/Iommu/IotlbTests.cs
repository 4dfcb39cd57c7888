using Xunit;

namespace Lodge.Memory.Tests;

public sealed class IotlbTests
{
    private const MemoryAccess All = MemoryAccess.All;
    private readonly Iotlb _iotlb = new();

    [Fact]
    public void Lookup_InAnEmptyCache_FindsNothing()
    {
        Assert.False(_iotlb.TryLookup(0, out IommuMapping mapping));
        Assert.Equal(default, mapping);
        Assert.Equal(0, _iotlb.Count);
    }

    [Fact]
    public void Lookup_FindsTheMappingFromItsFirstToItsLastByteAndNoFurther()
    {
        IommuMapping mapping = Map(0x1000, 0x1800, 0x9000, MemoryAccess.Read);

        foreach (ulong address in (ulong[])[0x1000, 0x1001, 0x1fff, 0x2000, 0x27ff])
        {
            Assert.True(_iotlb.TryLookup(address, out IommuMapping found), $"0x{address:x}");
            Assert.Equal(mapping, found);
        }

        foreach (ulong address in (ulong[])[0, 0xfff, 0x2800, 0x2fff, ulong.MaxValue])
            Assert.False(_iotlb.TryLookup(address, out _), $"0x{address:x}");
    }

    [Fact]
    public void Map_OverTheMiddleOfAnother_SplitsIt()
    {
        Map(0x1000, 0x3000, 0x11000, MemoryAccess.Read);
        IommuMapping middle = Map(0x2000, 0x1000, 0x99000, MemoryAccess.ReadWrite);

        AssertMapped(0x1000, 0x1000, 0x11000, MemoryAccess.Read);
        Assert.True(_iotlb.TryLookup(0x2abc, out IommuMapping found));
        Assert.Equal(middle, found);
        AssertMapped(0x3000, 0x1000, 0x13000, MemoryAccess.Read);
        Assert.Equal(3, _iotlb.Count);
    }

    [Fact]
    public void Map_OverTheEndsOfTwoOthers_CutsBoth()
    {
        Map(0x1000, 0x1000, 0x11000, All);
        Map(0x2000, 0x1000, 0x22000, All);
        Map(0x1800, 0x1000, 0x33800, All);

        AssertMapped(0x1000, 0x800, 0x11000, All);
        AssertMapped(0x1800, 0x1000, 0x33800, All);
        AssertMapped(0x2800, 0x800, 0x22800, All);
    }

    [Fact]
    public void Map_OverManyOthers_ReplacesThem()
    {
        for (ulong page = 0; page < 16; page++)
            Map(page << 12, 0x1000, 0x100000 + (page << 13), All);

        IommuMapping whole = Map(0, 0x10000, 0x7000, All);

        Assert.Equal(1, _iotlb.Count);
        Assert.True(_iotlb.TryLookup(0xffff, out IommuMapping found));
        Assert.Equal(whole, found);
    }

    [Fact]
    public void Map_AgainElsewhere_LeadsToTheNewTargetAtOnce()
    {
        Map(0x1000, 0x1000, 0x11000, All);
        AssertMapped(0x1000, 0x1000, 0x11000, All);
        Map(0x1000, 0x1000, 0x22000, MemoryAccess.Read);
        AssertMapped(0x1000, 0x1000, 0x22000, MemoryAccess.Read);
        Assert.Equal(1, _iotlb.Count);
    }

    [Fact]
    public void Invalidate_OfAPart_LeavesWhatLiesOutside()
    {
        Map(0x1000, 0x3000, 0x11000, All);
        Assert.True(_iotlb.TryLookup(0x2000, out _));

        _iotlb.Invalidate(new GuestRange(0x2000, 0x1000));

        AssertMapped(0x1000, 0x1000, 0x11000, All);
        Assert.False(_iotlb.TryLookup(0x2000, out _));
        Assert.False(_iotlb.TryLookup(0x2fff, out _));
        AssertMapped(0x3000, 0x1000, 0x13000, All);
    }

    [Fact]
    public void Invalidate_OfOneByte_TakesThatByteOnly()
    {
        Map(0x1000, 0x1000, 0x11000, All);
        _iotlb.Invalidate(new GuestRange(0x1234, 1));

        AssertMapped(0x1000, 0x234, 0x11000, All);
        Assert.False(_iotlb.TryLookup(0x1234, out _));
        AssertMapped(0x1235, 0xdcb, 0x11235, All);
    }

    [Fact]
    public void Invalidate_AcrossSeveralMappings_CutsTheOuterAndDropsTheInner()
    {
        Map(0x1000, 0x1000, 0x11000, All);
        Map(0x3000, 0x1000, 0x33000, All);
        Map(0x5000, 0x1000, 0x55000, All);

        _iotlb.Invalidate(new GuestRange(0x1ff8, 0x3010));

        AssertMapped(0x1000, 0xff8, 0x11000, All);
        Assert.False(_iotlb.TryLookup(0x3800, out _));
        AssertMapped(0x5008, 0xff8, 0x55008, All);
        Assert.Equal(2, _iotlb.Count);
    }

    [Fact]
    public void Invalidate_WhereNothingIs_ChangesNothing()
    {
        Map(0x1000, 0x1000, 0x11000, All);
        _iotlb.Invalidate(new GuestRange(0x2000, 0x1000));
        _iotlb.Invalidate(new GuestRange(0, 0x1000));
        _iotlb.Invalidate(new GuestRange(0x1800, 0));
        AssertMapped(0x1000, 0x1000, 0x11000, All);
        Assert.Equal(1, _iotlb.Count);
    }

    [Fact]
    public void InvalidateAll_ForgetsEverything()
    {
        for (ulong page = 0; page < 100; page++)
            Map(page << 12, 0x1000, page << 13, All);

        _iotlb.InvalidateAll();

        Assert.Equal(0, _iotlb.Count);
        for (ulong page = 0; page < 100; page++)
            Assert.False(_iotlb.TryLookup(page << 12, out _));
    }

    [Fact]
    public void Map_OfOneByte_HoldsThatByteOnly()
    {
        Map(0x1003, 1, 0x2003, All);
        AssertMapped(0x1003, 1, 0x2003, All);
        Assert.False(_iotlb.TryLookup(0x1002, out _));
        Assert.False(_iotlb.TryLookup(0x1004, out _));
    }

    [Fact]
    public void Map_OfAlmostTheWholeSpace_HoldsItsLastByte()
    {
        Map(1, ulong.MaxValue, 1, MemoryAccess.Read);
        Assert.False(_iotlb.TryLookup(0, out _));
        AssertMapped(1, ulong.MaxValue, 1, MemoryAccess.Read);
    }

    [Fact]
    public void Map_OfTheTopPage_IsCutAtItsLastByte()
    {
        Map(ulong.MaxValue - 0xfff, 0x1000, 0x5000, All);
        _iotlb.Invalidate(new GuestRange(ulong.MaxValue, 1));
        AssertMapped(ulong.MaxValue - 0xfff, 0xfff, 0x5000, All);
        Assert.False(_iotlb.TryLookup(ulong.MaxValue, out _));
    }

    [Fact]
    public void MapWithStamp_AfterAnInvalidation_IsRefused()
    {
        long stamp = _iotlb.InvalidationStamp;
        _iotlb.Invalidate(new GuestRange(0, 1));
        Assert.False(_iotlb.TryMap(new IommuMapping(new GuestRange(0x1000, 0x1000), 0x2000, All), stamp));
        Assert.False(_iotlb.TryLookup(0x1000, out _));

        stamp = _iotlb.InvalidationStamp;
        _iotlb.InvalidateAll();
        Assert.False(_iotlb.TryMap(new IommuMapping(new GuestRange(0x1000, 0x1000), 0x2000, All), stamp));
        Assert.True(_iotlb.TryMap(
            new IommuMapping(new GuestRange(0x1000, 0x1000), 0x2000, All), _iotlb.InvalidationStamp));
    }

    [Fact]
    public void Capacity_BelowOne_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Iotlb(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Iotlb(-1));
    }

    private IommuMapping Map(ulong start, ulong length, ulong target, MemoryAccess rights)
    {
        var mapping = new IommuMapping(new GuestRange(start, length), target, rights);
        Assert.True(_iotlb.TryMap(mapping), mapping.ToString());
        return mapping;
    }

    private void AssertMapped(ulong start, ulong length, ulong target, MemoryAccess rights)
    {
        var expected = new IommuMapping(new GuestRange(start, length), target, rights);
        Assert.True(_iotlb.TryLookup(start, out IommuMapping first));
        Assert.Equal(expected, first);
        Assert.True(_iotlb.TryLookup(expected.Range.Last, out IommuMapping last));
        Assert.Equal(expected, last);
    }
}
