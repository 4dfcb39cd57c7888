using Xunit;

namespace Lodge.Memory.Tests;

public sealed class PageSizeTests
{
    private const int Seed = 1304;

    [Fact]
    public void Default_Is4KiB()
    {
        Assert.Equal(PageSize.Size4K, default);
        Assert.Equal(4096UL, default(PageSize).Bytes);
    }

    [Fact]
    public void EveryPowerOfTwoFrom4KiB_IsASize()
    {
        for (int shift = 12; shift < 64; shift++)
        {
            PageSize size = PageSize.FromBytes(1UL << shift);
            Assert.Equal(1UL << shift, size.Bytes);
            Assert.Equal(shift, size.Shift);
        }
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(2048UL)]
    [InlineData(4095UL)]
    [InlineData(12288UL)]
    [InlineData(ulong.MaxValue)]
    public void FromBytes_OfAnythingElse_IsRefused(ulong bytes)
        => Assert.Throws<ArgumentOutOfRangeException>(() => PageSize.FromBytes(bytes));

    [Fact]
    public void PagesFor_AgreesWith128BitArithmetic()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 20_000; i++)
        {
            PageSize size = PageSize.FromBytes(1UL << random.Next(12, 64));
            ulong bytes = AddressCases.Next(random);
            UInt128 expected = ((UInt128)bytes + size.Bytes - 1) / size.Bytes;
            Assert.True(size.PagesFor(bytes) == expected, $"seed {Seed}, case {i}: 0x{bytes:x} in pages of {size}");
        }
    }

    [Fact]
    public void ToString_HasAUnit()
    {
        Assert.Equal("4 KiB", PageSize.Size4K.ToString());
        Assert.Equal("64 KiB", PageSize.Size64K.ToString());
        Assert.Equal("2 MiB", PageSize.Size2M.ToString());
        Assert.Equal("1 GiB", PageSize.Size1G.ToString());
        Assert.Equal("16 KiB", PageSize.Size16K.ToString());
    }

    [Fact]
    public void Host_IsTheSystemsPageSize() => Assert.Equal((ulong)Environment.SystemPageSize, PageSize.Host.Bytes);

    [Fact]
    public void Equality_IsBySize()
    {
        Assert.True(PageSize.Size2M == PageSize.FromBytes(2 << 20));
        Assert.True(PageSize.Size2M != PageSize.Size1G);
        Assert.False(PageSize.Size2M.Equals((object)PageSize.Size4K));
    }
}
