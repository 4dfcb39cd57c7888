using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>How formats divide addresses, against the manuals' tables.</summary>
public sealed class LevelShapeTests
{
    // From the root down: what an entry covers (2^shift), how many bits index the table, and a p where there are pages.
    public static TheoryData<string, PageTableFormat, string> Shapes => new()
    {
        { "x86-64, 4 levels", PageTableFormat.X64FourLevels, "39/9 30/9p 21/9p 12/9p" },
        { "x86-64, 5 levels", PageTableFormat.X64FiveLevels, "48/9 39/9 30/9p 21/9p 12/9p" },
        { "x86-64 without 1 GiB", PageTableFormat.X64(new X64Options { GigabytePages = false }), "39/9 30/9 21/9p 12/9p" },
        { "EPT, 4 levels", PageTableFormat.EptFourLevels, "39/9 30/9p 21/9p 12/9p" },
        { "EPT, 5 levels", PageTableFormat.EptFiveLevels, "48/9 39/9 30/9p 21/9p 12/9p" },
        { "EPT without 1 GiB", PageTableFormat.Ept(new EptOptions { GigabytePages = false }), "39/9 30/9 21/9p 12/9p" },
        { "Sv39", PageTableFormat.Sv39, "30/9p 21/9p 12/9p" },
        { "Sv48", PageTableFormat.Sv48, "39/9p 30/9p 21/9p 12/9p" },
        { "Sv57", PageTableFormat.Sv57, "48/9p 39/9p 30/9p 21/9p 12/9p" },
        { "Sv39x4", PageTableFormat.Sv39x4, "30/11p 21/9p 12/9p" },
        { "Sv48x4", PageTableFormat.Sv48x4, "39/11p 30/9p 21/9p 12/9p" },
        { "Sv57x4", PageTableFormat.Sv57x4, "48/11p 39/9p 30/9p 21/9p 12/9p" },
    };

    [Theory]
    [MemberData(nameof(Shapes), DisableDiscoveryEnumeration = true)]
    public void Levels_AreThoseOfTheManual(string name, PageTableFormat format, string expected)
        => Assert.Equal($"{name}: {expected}", $"{name}: {ShapeOf(format)}");

    // Arm DDI 0487, the tables of "Translation table walk" properties: the start level, and the bits that its table resolves.
    [Theory]
    [InlineData(AArch64Granule.Size4K, 48, false, "39/9 30/9p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 42, false, "39/3 30/9p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 40, false, "39/1 30/9p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 39, false, "30/9p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 36, false, "30/6p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 25, false, "21/4p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 21, false, "12/9p")]
    [InlineData(AArch64Granule.Size4K, 16, false, "12/4p")]
    [InlineData(AArch64Granule.Size4K, 48, true, "39/9p 30/9p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 49, true, "48/1 39/9p 30/9p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 52, true, "48/4 39/9p 30/9p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size16K, 48, false, "47/1 36/11 25/11p 14/11p")]
    [InlineData(AArch64Granule.Size16K, 47, false, "36/11 25/11p 14/11p")]
    [InlineData(AArch64Granule.Size16K, 36, false, "25/11p 14/11p")]
    [InlineData(AArch64Granule.Size16K, 25, false, "14/11p")]
    [InlineData(AArch64Granule.Size16K, 52, true, "47/5 36/11p 25/11p 14/11p")]
    [InlineData(AArch64Granule.Size64K, 48, false, "42/6 29/13p 16/13p")]
    [InlineData(AArch64Granule.Size64K, 52, false, "42/10 29/13p 16/13p")]
    [InlineData(AArch64Granule.Size64K, 42, false, "29/13p 16/13p")]
    [InlineData(AArch64Granule.Size64K, 29, false, "16/13p")]
    [InlineData(AArch64Granule.Size64K, 17, false, "16/1p")]
    [InlineData(AArch64Granule.Size64K, 52, true, "42/10p 29/13p 16/13p")]
    public void Stage1_StartsAtTheManualsLevel(AArch64Granule granule, int inputBits, bool isWide, string expected)
    {
        PageTableFormat format = PageTableFormat.AArch64Stage1(
            new AArch64Stage1Options { Granule = granule, InputBits = inputBits, WideAddresses = isWide });
        Assert.Equal(expected, ShapeOf(format));
        Assert.Equal(inputBits, format.InputBits);
        Assert.Equal(1UL << (int)granule, format.PageSize.Bytes);
    }

    // Up to 16 tables side by side take the place of a level above them.
    [Theory]
    [InlineData(AArch64Granule.Size4K, 40, 0, false, "30/10p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 40, 4, false, "39/1 30/9p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 43, 0, false, "30/13p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 44, 0, false, "39/5 30/9p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 48, 0, false, "39/9 30/9p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 34, 0, false, "21/13p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 34, 3, false, "30/4p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 52, 0, true, "39/13p 30/9p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size4K, 52, 5, true, "48/4 39/9p 30/9p 21/9p 12/9p")]
    [InlineData(AArch64Granule.Size16K, 40, 0, false, "25/15p 14/11p")]
    [InlineData(AArch64Granule.Size16K, 40, 3, false, "36/4 25/11p 14/11p")]
    [InlineData(AArch64Granule.Size16K, 48, 0, false, "36/12 25/11p 14/11p")]
    [InlineData(AArch64Granule.Size16K, 52, 4, true, "47/5 36/11p 25/11p 14/11p")]
    [InlineData(AArch64Granule.Size64K, 40, 0, false, "29/11p 16/13p")]
    [InlineData(AArch64Granule.Size64K, 46, 0, false, "29/17p 16/13p")]
    [InlineData(AArch64Granule.Size64K, 48, 0, false, "42/6 29/13p 16/13p")]
    [InlineData(AArch64Granule.Size64K, 52, 0, true, "42/10p 29/13p 16/13p")]
    public void Stage2_PutsTablesSideBySide(AArch64Granule granule, int inputBits, int levels, bool isWide, string expected)
        => Assert.Equal(expected, ShapeOf(PageTableFormat.AArch64Stage2(new AArch64Stage2Options
        {
            Granule = granule,
            InputBits = inputBits,
            Levels = levels,
            WideAddresses = isWide,
            OutputBits = isWide ? 52 : 48,
        })));

    [Fact]
    public void EveryFormat_DividesAllOfItsBits()
    {
        foreach (FormatCase @case in FormatCases.All)
        {
            PageTableFormat format = @case.Format;
            int shift = format.PageSize.Shift;
            for (int number = 1; number <= format.Levels.Length; number++)
            {
                PageTableLevel level = format.Level(number);
                Assert.Same(level, format.Levels[^number]);
                Assert.Equal((number, shift), (level.Number, level.Shift));
                Assert.Equal(
                    (1UL << shift, 1 << level.IndexBits, 8UL << level.IndexBits),
                    (level.EntryCoverage, level.EntryCount, level.TableBytes));
                Assert.Equal(level.EntryCount - 1, level.IndexOf(ulong.MaxValue));
                Assert.Equal(1, level.IndexOf(1UL << shift));
                Assert.Equal(0, level.IndexOf((1UL << shift) - 1));
                shift += level.IndexBits;
            }

            Assert.Equal((@case.Name, format.InputBits), (@case.Name, shift));
        }
    }

    [Fact]
    public void LevelsThatDoNotExist_AreRefused()
    {
        foreach (FormatCase @case in FormatCases.All)
        {
            foreach (int number in (ReadOnlySpan<int>)[int.MinValue, -1, 0, @case.Format.Levels.Length + 1, int.MaxValue])
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => @case.Format.Level(number));
                Assert.Throws<ArgumentOutOfRangeException>(() => @case.Format.KindOf(number, 0));
                Assert.Throws<ArgumentOutOfRangeException>(() => @case.Format.TargetOf(number, 0));
                Assert.Throws<ArgumentOutOfRangeException>(() => @case.Format.AttributesOf(number, 0));
                Assert.Throws<ArgumentOutOfRangeException>(() => @case.Format.TryEncodePage(number, 0, default, out _));
                Assert.Throws<ArgumentOutOfRangeException>(() => @case.Format.TryEncodeTable(number, 0, out _));
            }

            Assert.Throws<ArgumentOutOfRangeException>(() => @case.Format.TryEncodeTable(1, 0, out _));
        }
    }

    private static string ShapeOf(PageTableFormat format)
        => string.Join(" ", format.Levels.Select(level => $"{level.Shift}/{level.IndexBits}{(level.CanMapPages ? "p" : "")}"));
}
