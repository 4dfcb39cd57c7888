using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class SandboxRegionTests
{
    [Fact]
    public void Text_OfEveryKindAndAccess_IsReadAsTheSame()
    {
        GuestRange[] ranges = [new(0, 0), new(0x4000, 0x1000), new(0xF_FFFB_8000, 0x48000), new(ulong.MaxValue - 1, 1)];
        foreach (SandboxRegionKind kind in Enum.GetValues<SandboxRegionKind>())
        {
            for (MemoryAccess access = MemoryAccess.None; access <= MemoryAccess.All; access++)
            {
                foreach (GuestRange range in ranges)
                {
                    var region = new SandboxRegion(kind, range, access);
                    Assert.True(SandboxRegion.TryParse(region.ToString(), out SandboxRegion read), region.ToString());
                    Assert.Equal(region, read);
                }
            }
        }
    }

    [Theory]
    [InlineData(SandboxRegionKind.Heap, 0x9000, 0x20000, MemoryAccess.ReadWrite, "heap 0x9000-0x29000 rw-")]
    [InlineData(SandboxRegionKind.MappedFile, 0xABC000, 0x1000, MemoryAccess.ReadExecute, "mappedfile 0xabc000-0xabd000 r-x")]
    [InlineData(SandboxRegionKind.Code, 0, 0, MemoryAccess.None, "code 0x0-0x0 ---")]
    public void Text_IsKindAddressesAndLetters(
        SandboxRegionKind kind, ulong start, ulong length, MemoryAccess access, string text)
        => Assert.Equal(text, new SandboxRegion(kind, new GuestRange(start, length), access).ToString());

    [Theory]
    [InlineData("  heap   0x9000-0x29000 rw- ")]
    [InlineData("HEAP 0x0009000-0x29000 rw-")]
    [InlineData("Heap 0x9000-0x0000000000029000 rw-")]
    public void TextInOtherForms_IsReadToo(string text)
    {
        Assert.True(SandboxRegion.TryParse(text, out SandboxRegion region));
        Assert.Equal(new SandboxRegion(SandboxRegionKind.Heap, new GuestRange(0x9000, 0x20000), MemoryAccess.ReadWrite), region);
    }

    [Theory]
    [InlineData("+2 0x9000-0x29000 rw-")]
    [InlineData("-0 0x9000-0x29000 rw-")]
    [InlineData("code,heap 0x9000-0x29000 rw-")]
    [InlineData("peb,heap 0x9000-0x29000 rw-")]
    public void KindAsNumberOrList_IsRefused(string text) => Assert.False(SandboxRegion.TryParse(text, out _));

    [Fact]
    public void TextOfARegionUpToTheLastAddress_IsReadAsTheSame()
    {
        var region = new SandboxRegion(SandboxRegionKind.Heap, new GuestRange(0xFFFF_FFFF_FFFF_F000, 0x1000), MemoryAccess.Read);
        Assert.True(SandboxRegion.TryParse(region.ToString(), out SandboxRegion read), region.ToString());
        Assert.Equal(region, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("heap")]
    [InlineData("heap 0x9000-0x29000")]
    [InlineData("heap 0x9000-0x29000 rw- more")]
    [InlineData("heap 0x9000 -0x29000 rw-")]
    [InlineData("heap 0x9000 rw-")]
    [InlineData("heap 0x9000-0x29000-0x30000 rw-")]
    [InlineData("heap 0x29000-0x9000 rw-")]
    [InlineData("heap 9000-29000 rw-")]
    [InlineData("heap 0X9000-0x29000 rw-")]
    [InlineData("heap 0x-0x29000 rw-")]
    [InlineData("heap 0x9g00-0x29000 rw-")]
    [InlineData("heap 0x10000000000009000-0x29000 rw-")]
    [InlineData("heap 0x9000-0x10000000000029000 rw-")]
    [InlineData("heap 0x+9000-0x29000 rw-")]
    [InlineData("heap 0x9000-0x29000 rw")]
    [InlineData("heap 0x9000-0x29000 RW-")]
    [InlineData("heap 0x9000-0x29000 wr-")]
    [InlineData("heap 0x9000-0x29000 rw--")]
    [InlineData("heaps 0x9000-0x29000 rw-")]
    [InlineData("2 0x9000-0x29000 rw-")]
    [InlineData("99 0x9000-0x29000 rw-")]
    [InlineData("-1 0x9000-0x29000 rw-")]
    public void TextThatIsNoRegion_IsRefused(string? text)
    {
        Assert.False(SandboxRegion.TryParse(text, out SandboxRegion region));
        Assert.Equal(default, region);
    }
}
