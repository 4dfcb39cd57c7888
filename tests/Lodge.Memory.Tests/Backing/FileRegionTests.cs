using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class FileRegionTests
{
    private const int Length = 0x3456;
    private static readonly byte[] Content = PatternFile.Pattern(Length);

    [Fact]
    public void File_ByPath_HasTheWholeContent()
    {
        using var file = new PatternFile(Content);
        using MemoryRegion region = MemoryRegion.File(0x1003, file.Path);

        Assert.Equal((ulong)Length, region.Size);
        Assert.Equal(Content, BytesOf(region));
    }

    [Fact]
    public void File_AtAnOddOffset_HasThatPart()
    {
        using var file = new PatternFile(Content);
        using SafeFileHandle handle = file.Open(FileAccess.Read);
        using MemoryRegion region = MemoryRegion.File(0x1ffd, handle, 0x123, 0x2001);

        Assert.Equal(Content[0x123..0x2124], BytesOf(region));
    }

    [Fact]
    public void File_WrittenLater_KeepsWhatItHad()
    {
        using var file = new PatternFile(Content);
        using SafeFileHandle handle = file.Open();
        using MemoryRegion region = MemoryRegion.File(0, handle, 0, Length);

        RandomAccess.Write(handle, new byte[Length], 0);

        Assert.Equal(Content, BytesOf(region));
    }

    [Fact]
    public void File_CutShortLater_KeepsWhatItHad()
    {
        using var file = new PatternFile(Content);
        using SafeFileHandle handle = file.Open();
        using MemoryRegion region = MemoryRegion.File(0, handle, 0, Length);

        RandomAccess.SetLength(handle, 0);

        Assert.Equal(Content, BytesOf(region));
    }

    [Fact]
    public void File_WrittenByTheGuest_DoesNotChangeTheFile()
    {
        using var file = new PatternFile(Content);
        using MemoryRegion region = MemoryRegion.File(0, file.Path);

        region.GetHostSlice().Fill(0);
        region.Dispose();

        Assert.Equal(Content, file.ReadAll());
    }

    [Fact]
    public void File_LongerThanTheFile_IsRefused()
    {
        using var file = new PatternFile(Content);
        using SafeFileHandle handle = file.Open();

        Assert.Throws<EndOfStreamException>(() => MemoryRegion.File(0, handle, 0, Length + 1));
        Assert.Throws<EndOfStreamException>(() => MemoryRegion.File(0, handle, Length, 1));
    }

    [Fact]
    public void File_Empty_IsRefused()
    {
        using var file = new PatternFile([]);

        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryRegion.File(0, file.Path));
    }

    [Fact]
    public void File_ClosedHandle_IsRefused()
    {
        using var file = new PatternFile(Content);
        SafeFileHandle handle = file.Open();
        handle.Dispose();

        Assert.Throws<ObjectDisposedException>(() => MemoryRegion.File(0, handle, 0, 1));
    }

    private static byte[] BytesOf(MemoryRegion region)
    {
        var bytes = new byte[region.Size];
        region.GetHostSlice().CopyTo(0, bytes);
        return bytes;
    }
}
