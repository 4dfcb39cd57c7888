using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>The bits of entries that are the system's own.</summary>
public sealed class SoftwareBitsTests
{
    private static readonly Dictionary<string, (PageTableFormat Format, ulong Bits)> Formats = new()
    {
        ["x86-64"] = (PageTableFormat.X64FourLevels, (7UL << 9) | (0x7FUL << 52)),
        ["EPT"] = (PageTableFormat.Ept(new EptOptions()), 0x1FUL << 52),
        ["stage 1"] = (PageTableFormat.AArch64Stage1(new AArch64Stage1Options()), 0xFUL << 55),
        ["stage 2"] = (PageTableFormat.AArch64Stage2(new AArch64Stage2Options()), 0xFUL << 55),
        ["RISC-V"] = (PageTableFormat.Sv39, 3UL << 8),
    };

    public static TheoryData<string> Names => [.. Formats.Keys];

    [Theory, MemberData(nameof(Names))]
    public void SoftwareBits_AreTheEntrysFromTheLowestOn(string name)
    {
        (PageTableFormat format, ulong bits) = Formats[name];
        PageAttributes plain = format.OrdinaryPage(format.RightsFor(MemoryAccess.ReadWrite));
        Assert.True(format.TryEncodePage(1, 0x1234_5000, plain, out ulong without));
        Assert.Equal(0UL, without & bits);
        ushort all = 0;
        for (int bit = 0; bit < 64; bit++)
        {
            if ((bits >> bit & 1) == 0)
                continue;

            PageAttributes marked = format.AttributesOf(1, without | (1UL << bit));
            Assert.Equal(all + 1, marked.SoftwareBits);
            Assert.Equal(plain with { SoftwareBits = marked.SoftwareBits }, marked);
            Assert.True(format.TryEncodePage(1, 0x1234_5000, marked, out ulong entry));
            Assert.Equal(without | (1UL << bit), entry);
            all = (ushort)((all << 1) | 1);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void SoftwareBits_MoreThanThereAre_AreNotEncoded(string name)
    {
        (PageTableFormat format, ulong bits) = Formats[name];
        var tooHigh = (ushort)(1 << System.Numerics.BitOperations.PopCount(bits));
        PageAttributes attributes = format.OrdinaryPage(format.RightsFor(MemoryAccess.Read)) with { SoftwareBits = tooHigh };
        Assert.False(format.TryEncodePage(1, 0x1000, attributes, out _));
    }

    [Fact]
    public void MappedRanges_DifferInTheBitsThatWereAskedFor()
    {
        GuestMemory memory = GuestMemory.Anonymous(1 << 20);
        PageTableFormat format = PageTableFormat.X64FourLevels;
        var editor = new PageTableEditor(memory, format, new FrameAllocator(new GuestRange(0x1000, 0x10000)));
        PageAttributes plain = format.OrdinaryPage(format.RightsFor(MemoryAccess.Read));
        editor.Map(new GuestRange(0x40_0000, 0x1000), 0x8_0000, plain);
        editor.Map(new GuestRange(0x40_1000, 0x1000), 0x8_1000, plain with { SoftwareBits = 1 });
        editor.Map(new GuestRange(0x40_2000, 0x1000), 0x8_2000, plain with { SoftwareBits = 2 });
        Assert.Equal([0x3000], Lengths(0));
        Assert.Equal([0x1000, 0x1000, 0x1000], Lengths(3));
        Assert.Equal([0x1000, 0x2000], Lengths(2).Reverse());

        IEnumerable<ulong> Lengths(ushort bits)
        {
            var options = new MappedRangesOptions { SoftwareBits = bits };
            var walker = new PageWalker(memory, TranslationRegime.Of(editor.Table));
            return [.. walker.GetMappedRanges(options).Select(range => range.Range.Length)];
        }
    }

    [Fact]
    public void UserTables_False_AllowsNoUserPagesBelow()
    {
        PageTableFormat format = PageTableFormat.X64(new X64Options { UserTables = false });
        Assert.True(format.TryEncodeTable(2, 0x5000, out ulong entry));
        Assert.Equal(0x5023UL, entry);
        Assert.True(PageTableFormat.X64FourLevels.TryEncodeTable(2, 0x5000, out entry));
        Assert.Equal(0x5027UL, entry);
    }
}
