using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class TrustedFileRegionTests
{
    private const int Length = 0x23456;
    private const ulong Offset = 0x10000;
    private static readonly byte[] Content = PatternFile.Pattern(Length);

    [Fact]
    public void Shared_WrittenByTheGuest_ChangesTheFile()
    {
        using var file = new PatternFile(Content);
        using (SafeFileHandle handle = file.Open())
        {
            using MemoryRegion region = MemoryRegion.MapTrustedFile(0x2003, handle, Offset + 3, 0x1001, FileSharing.Shared);
            Assert.Equal(Content[(int)Offset + 3], region.GetHostSlice().Read<byte>(0));
            GuestMemory.Create(region).Write<byte>(0x2003 + 0x1000, 0xee);
            var seen = new byte[1];
            RandomAccess.Read(handle, seen, (long)Offset + 3 + 0x1000);
            Assert.Equal(0xee, seen[0]);
        }

        Assert.Equal(0xee, file.ReadAll()[Offset + 3 + 0x1000]);
    }

    [LinuxFact]
    public void Shared_WrittenThroughTheFile_ChangesTheRegion()
    {
        using var file = new PatternFile(Content);
        using SafeFileHandle handle = file.Open();
        using MemoryRegion region = MemoryRegion.MapTrustedFile(0, handle, 0, Length, FileSharing.Shared);

        RandomAccess.Write(handle, [0xab], 0x1234);

        Assert.Equal(0xab, region.GetHostSlice().Read<byte>(0x1234));
    }

    [Fact]
    public void CopyOnWrite_WrittenByTheGuest_LeavesTheFile()
    {
        using var file = new PatternFile(Content);
        using (SafeFileHandle handle = file.Open(FileAccess.Read))
        {
            using MemoryRegion region = MemoryRegion.MapTrustedFile(0, handle, 0, Length, FileSharing.CopyOnWrite);
            GuestMemory.Create(region).Fill(0, Length, 0);
            Assert.Equal(0, region.GetHostSlice().Read<byte>(Length - 1));
        }

        Assert.Equal(Content, file.ReadAll());
    }

    [Fact]
    public void ReadOnly_IsRomThatEvenItsOwnerCannotWrite()
    {
        using var file = new PatternFile(Content);
        using SafeFileHandle handle = file.Open(FileAccess.Read);
        using MemoryRegion region = MemoryRegion.MapTrustedFile(0, handle, 0, Length, FileSharing.ReadOnly);

        Assert.Equal(MemoryAccess.ReadExecute, region.Permissions);
        Assert.Equal(MemoryAccess.ReadExecute, region.GetHostSlice().Access);
        Assert.Throws<InvalidOperationException>(() => region.GetHostSlice().Write<byte>(0, 1));
        Assert.Throws<ArgumentException>(() => region.WithPermissions(MemoryAccess.All));
        Assert.Equal(Content[Length - 1], region.GetHostSlice().Read<byte>(Length - 1));
    }

    [Fact]
    public void ReadOnly_WithWritePermission_IsRefused()
    {
        using var file = new PatternFile(Content);
        using SafeFileHandle handle = file.Open(FileAccess.Read);

        Assert.Throws<ArgumentException>(
            () => MemoryRegion.MapTrustedFile(0, handle, 0, Length, FileSharing.ReadOnly, RegionOptions.Default));
    }

    [Theory]
    [InlineData(0, Length + 1)]
    [InlineData(Offset, Length)]
    [InlineData(0x30000, 1)]
    public void PastTheEndOfTheFile_IsRefused(ulong offset, ulong size)
    {
        using var file = new PatternFile(Content);
        using SafeFileHandle handle = file.Open();

        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(
            () => MemoryRegion.MapTrustedFile(0, handle, offset, size, FileSharing.Shared));
        Assert.Contains($"{Length} bytes", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0x1003, Offset)]
    public void StartAndOffsetThatDoNotFit_AreRefused(ulong start, ulong offset)
    {
        using var file = new PatternFile(Content);
        using SafeFileHandle handle = file.Open();

        Assert.Throws<ArgumentOutOfRangeException>(
            () => MemoryRegion.MapTrustedFile(start, handle, offset, 0x100, FileSharing.Shared));
    }

    [Fact]
    public void FileNotOpenForWriting_MappedShared_IsRefusedWithTheSystemsWords()
    {
        using var file = new PatternFile(Content);
        using SafeFileHandle handle = file.Open(FileAccess.Read);

        HostMemoryException e = Assert.Throws<HostMemoryException>(
            () => HostMapping.MapTrustedFile(handle, 0, 0x1000, FileSharing.Shared));
        Assert.NotEqual(0, e.ErrorCode);
        Assert.Contains($"(error {e.ErrorCode})", e.Message, StringComparison.Ordinal);
        Assert.Contains("map", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HugePages_AreRefused()
    {
        using var file = new PatternFile(Content);
        using SafeFileHandle handle = file.Open();
        var options = new MappingOptions { HugePages = HugePages.Size2M };

        Assert.Throws<ArgumentException>(() => HostMapping.MapTrustedFile(handle, 0, 0x1000, FileSharing.Shared, options));
    }

    [Fact]
    public void Populate_OfAReadOnlyMapping_Works()
    {
        using var file = new PatternFile(Content);
        using SafeFileHandle handle = file.Open(FileAccess.Read);
        using HostMapping mapping = HostMapping.MapTrustedFile(
            handle, 0, Length, FileSharing.ReadOnly, new MappingOptions { Populate = true });

        Assert.False(mapping.IsWritable);
        Assert.Equal((ulong)Length, mapping.Size);
    }
}
