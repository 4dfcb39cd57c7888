using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>The memory types of MAIR's bytes: 0000dd00 is a device, else the outer and the inner caches' halves.</summary>
public sealed class MairTests
{
    [Theory]
    [InlineData(0x00, MemoryType.DeviceNGnRnE)]
    [InlineData(0x04, MemoryType.DeviceNGnRe)]
    [InlineData(0x08, MemoryType.DeviceNGre)]
    [InlineData(0x0c, MemoryType.DeviceGre)]
    [InlineData(0x01, MemoryType.Unknown)]
    [InlineData(0x0e, MemoryType.Unknown)]
    [InlineData(0x40, MemoryType.Unknown)]
    [InlineData(0xa0, MemoryType.Unknown)]
    [InlineData(0xf0, MemoryType.Unknown)]
    [InlineData(0x44, MemoryType.NonCacheable)]
    [InlineData(0x11, MemoryType.WriteThrough)]
    [InlineData(0x33, MemoryType.WriteThrough)]
    [InlineData(0x88, MemoryType.WriteThrough)]
    [InlineData(0xbb, MemoryType.WriteThrough)]
    [InlineData(0x55, MemoryType.WriteBack)]
    [InlineData(0x77, MemoryType.WriteBack)]
    [InlineData(0xee, MemoryType.WriteBack)]
    [InlineData(0xff, MemoryType.WriteBack)]
    [InlineData(0x4f, MemoryType.MixedCaching)]
    [InlineData(0xf4, MemoryType.MixedCaching)]
    [InlineData(0xfb, MemoryType.MixedCaching)]
    [InlineData(0x17, MemoryType.MixedCaching)]
    public void Attribute_HasTheTypeOfTheManual(int attribute, MemoryType type)
    {
        for (int index = 0; index < 8; index++)
        {
            PageTableFormat format = PageTableFormat.AArch64Stage1(
                new AArch64Stage1Options { Mair = (ulong)attribute << (8 * index) });
            Assert.Equal(type, format.AttributesOf(1, 0x4123_4703 | ((ulong)index << 2)).MemoryType);
            Assert.Equal(type, format.AttributesOf(2, 0x4000_0701 | ((ulong)index << 2)).MemoryType);
            Assert.Equal(type, format.MemoryTypes[index]);
        }
    }
}
