using Xunit;

namespace Lodge.Memory.Tests;

public sealed class TextTests
{
    private const ulong TopPage = ulong.MaxValue - 4095;

    [Fact]
    public void AString_EndsAtItsTerminator()
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        memory.WriteExactly(100, "gast\0more"u8);
        Assert.Equal("gast", memory.ReadUtf8String(100, 4096));
        Assert.Equal("ga", memory.ReadUtf8String(100, 2));
        Assert.Equal("", memory.ReadUtf8String(104, 100));
        Assert.Equal("", memory.ReadUtf8String(100, 0));
        Assert.Equal("", memory.ReadUtf8String(1UL << 50, 0));
    }

    [Fact]
    public void ALimit_MayBeLargerThanAllMemory()
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        memory.WriteExactly(0, "text"u8);
        Assert.Equal("text", memory.ReadUtf8String(0, int.MaxValue));
    }

    [Fact]
    public void AStringAcrossRegions_IsWhole()
    {
        using GuestMemory memory = GuestMemory.Create(MemoryRegion.Anonymous(0, 4097), MemoryRegion.Anonymous(4097, 4096));
        string text = string.Concat(Enumerable.Repeat("\u20ac", 1500));
        memory.WriteExactly(1000, System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Equal(text, memory.ReadUtf8String(1000, 10_000));
    }

    [Fact]
    public void AStringWithoutEnd_GivesWhatItHasAndTheFault()
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        memory.WriteExactly(4093, "abc"u8);
        Assert.False(memory.TryReadUtf8String(4093, 100, out string text, out AccessFault fault));
        Assert.Equal("abc", text);
        Assert.Equal((FaultKind.Unmapped, new GuestAddress(4096)), (fault.Kind, fault.Address));
        Assert.Throws<GuestMemoryException>(() => memory.ReadUtf8String(4093, 100));
        Assert.Equal("abc", memory.ReadUtf8String(4093, 3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(4096)]
    public void AStringUpToTheTop_Overflows(int length)
    {
        using GuestMemory memory = GuestMemory.Create(MemoryRegion.Anonymous(TopPage, 4096), MemoryRegion.Anonymous(0, 4096));
        memory.Fill(TopPage, 4096, (byte)'x');
        ulong start = ulong.MaxValue - (ulong)length + 1;
        Assert.False(memory.TryReadUtf8String(start, 10_000, out string text, out AccessFault fault));
        Assert.Equal(new string('x', length), text);
        Assert.Equal(FaultKind.Overflow, fault.Kind);
        Assert.Equal(text, memory.ReadUtf8String(start, length));
    }

    [Fact]
    public void BytesThatAreNoUtf8_BecomeReplacements()
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        memory.WriteExactly(0, [(byte)'a', 0xff, (byte)'b', 0xe2, 0x82, 0]);
        Assert.Equal("a\ufffdb\ufffd", memory.ReadUtf8String(0, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.ReadUtf8String(0, -1));
    }
}
