using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Stage 2 descriptors as KVM writes them, and what the manual's figures say of them.</summary>
public sealed class AArch64Stage2EntryTests
{
    private static readonly PageTableFormat Plain = PageTableFormat.AArch64Stage2(new AArch64Stage2Options());

    private static readonly PageTableFormat Extended
        = PageTableFormat.AArch64Stage2(new AArch64Stage2Options { ExecuteNeverExtension = true });

    private static readonly PageTableFormat Managed
        = PageTableFormat.AArch64Stage2(new AArch64Stage2Options { HardwareAccessFlag = true, HardwareDirty = true });

    [Theory]
    [InlineData(1, 0x0000_0000_8000_07ffUL, 0x8000_0000UL, "rwx/rwx", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0x0040_0000_8000_07ffUL, 0x8000_0000UL, "rw-/rw-", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0x0040_0000_0800_06c7UL, 0x800_0000UL, "rw-/rw-", MemoryType.DeviceNGnRe, "ad")]
    [InlineData(1, 0x0000_0000_8000_077fUL, 0x8000_0000UL, "r-x/r-x", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0x0000_0000_8000_07bfUL, 0x8000_0000UL, "-wx/-wx", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0x0000_0000_8000_073fUL, 0x8000_0000UL, "--x/--x", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0x0040_0000_8000_073fUL, 0x8000_0000UL, "---/---", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0x0000_0000_8000_03ffUL, 0x8000_0000UL, "rwx/rwx", MemoryType.WriteBack, "d")]
    [InlineData(2, 0x0000_0000_8020_07fdUL, 0x8020_0000UL, "rwx/rwx", MemoryType.WriteBack, "ad")]
    [InlineData(3, 0x0040_0000_8000_07fdUL, 0x8000_0000UL, "rw-/rw-", MemoryType.WriteBack, "ad")]
    public void Page_SaysWhatTheManualSays(int level, ulong entry, ulong target, string rights, MemoryType type, string flags)
        => EntryAssert.IsPage(Plain, level, entry, target, rights, type, flags);

    // XN[1:0] are bits 54:53: 00 both execute, 01 EL0 alone, 10 none, 11 EL1 alone.
    [Theory]
    [InlineData(0x0000_0000_8000_07ffUL, "rwx/rwx")]
    [InlineData(0x0020_0000_8000_07ffUL, "rw-/rwx")]
    [InlineData(0x0040_0000_8000_07ffUL, "rw-/rw-")]
    [InlineData(0x0060_0000_8000_07ffUL, "rwx/rw-")]
    public void ExecuteNever_WithTheExtension_HasTwoBits(ulong entry, string rights)
        => Assert.Equal(rights, Extended.AttributesOf(1, entry).Rights.ToString());

    [Fact]
    public void ExecuteNever_WithoutTheExtension_IsBit54()
    {
        Assert.Equal("rwx/rwx", Plain.AttributesOf(1, 0x0020_0000_8000_07ff).Rights.ToString());
        Assert.Equal("rw-/rw-", Plain.AttributesOf(1, 0x0060_0000_8000_07ff).Rights.ToString());
    }

    // MemAttr: 00dd devices; else the outer and the inner half, 1 Non-cacheable, 2 Write-Through, 3 Write-Back, inner 0 reserved.
    [Theory]
    [InlineData(0, MemoryType.DeviceNGnRnE)]
    [InlineData(1, MemoryType.DeviceNGnRe)]
    [InlineData(2, MemoryType.DeviceNGre)]
    [InlineData(3, MemoryType.DeviceGre)]
    [InlineData(4, MemoryType.Unknown)]
    [InlineData(5, MemoryType.NonCacheable)]
    [InlineData(6, MemoryType.MixedCaching)]
    [InlineData(7, MemoryType.MixedCaching)]
    [InlineData(8, MemoryType.Unknown)]
    [InlineData(9, MemoryType.MixedCaching)]
    [InlineData(10, MemoryType.WriteThrough)]
    [InlineData(11, MemoryType.MixedCaching)]
    [InlineData(12, MemoryType.Unknown)]
    [InlineData(13, MemoryType.MixedCaching)]
    [InlineData(14, MemoryType.MixedCaching)]
    [InlineData(15, MemoryType.WriteBack)]
    public void MemoryType_IsMemAttr(int attribute, MemoryType type)
    {
        Assert.Equal(type, Plain.AttributesOf(1, 0x8000_07c3 | ((ulong)attribute << 2)).MemoryType);
        Assert.Equal(type, Plain.AttributesOf(2, 0x8000_07c1 | ((ulong)attribute << 2)).MemoryType);
    }

    [Theory]
    [InlineData(0x0008_0000_8000_077fUL, "rwx/rwx", "a")]
    [InlineData(0x0008_0000_8000_07ffUL, "rwx/rwx", "ad")]
    [InlineData(0x0000_0000_8000_077fUL, "r-x/r-x", "ad")]
    [InlineData(0x0048_0000_8000_037fUL, "rw-/rw-", "")]
    public void DirtyBitModifier_MakesPagesWritable(ulong entry, string rights, string flags)
        => EntryAssert.IsPage(Managed, 1, entry, 0x8000_0000, rights, MemoryType.WriteBack, flags);

    [Fact]
    public void Table_HasNoRights()
    {
        EntryAssert.IsTable(Plain, 2, 0xfff8_0000_8000_0fff, 0x8000_0000);
        EntryAssert.IsTable(Plain, 3, 0x0000_0000_8000_0003, 0x8000_0000);
    }

    [Fact]
    public void WideAddresses_AreWhereStage1HasThem()
    {
        var wide = new AArch64Stage2Options
        {
            WideAddresses = true,
            OutputBits = 52,
            InputBits = 52,
            Shareability = Shareability.None,
        };
        PageTableFormat small = PageTableFormat.AArch64Stage2(wide);
        PageTableFormat large = PageTableFormat.AArch64Stage2(wide with { Granule = AArch64Granule.Size64K });
        EntryAssert.IsPage(small, 1, 0x0002_0000_8000_07ff, 0xe_0000_8000_0000, "rwx/rwx", MemoryType.WriteBack, "ad");
        EntryAssert.IsPage(large, 1, 0x0000_0000_8000_57ff, 0x5_0000_8000_0000, "rwx/rwx", MemoryType.WriteBack, "ad");
        Assert.Equal(Shareability.None, small.AttributesOf(1, 0x0002_0000_8000_07ff).Shareability);
        Assert.Equal(Shareability.Inner, large.AttributesOf(1, 0x0000_0000_8000_57ff).Shareability);
    }

    [Fact]
    public void Encode_GivesTheBitsOfTheManual()
    {
        PageAttributes all = new(PageRights.All);
        var device = new PageAttributes(PageRights.Same(MemoryAccess.ReadWrite), MemoryType.DeviceNGnRe)
        {
            Shareability = Shareability.Outer,
        };
        EntryAssert.Encodes(Plain, 1, 0x8000_0000, all, 0x0000_0000_8000_07ff);
        EntryAssert.Encodes(Plain, 1, 0x800_0000, device, 0x0040_0000_0800_06c7);
        EntryAssert.Encodes(Plain, 2, 0x8020_0000, all, 0x0000_0000_8020_07fd);
        EntryAssert.Encodes(
            Extended, 1, 0x8000_0000, all with { Rights = new(MemoryAccess.All, MemoryAccess.ReadWrite) }, 0x0060_0000_8000_07ff);
        EntryAssert.Encodes(Managed, 1, 0x8000_0000, all with { IsDirty = false }, 0x0008_0000_8000_077f);
        EntryAssert.EncodesTable(Plain, 3, 0x8000_0000, 0x8000_0003);
    }
}
