using Lodge.Memory.Interop;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class SharedMemoryFileTests
{
    private static readonly ulong Page = PageSize.Host.Bytes;

    [Fact]
    public void Create_RoundsUpToPagesOfZeros()
    {
        using SharedMemoryFile file = SharedMemoryFile.Create(1);
        using HostMapping mapping = file.Map();

        Assert.Equal(Page, file.Size);
        Assert.Equal(Page, mapping.Size);
        using MemoryRegion region = MemoryRegion.FromMapping(0, mapping, 0, Page);
        Assert.False(region.GetHostSlice().DangerousGetReadOnlySpan().ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void TwoRegionsOfOneFile_SeeEachOthersWrites()
    {
        using SharedMemoryFile file = SharedMemoryFile.Create(0x40000);
        using MemoryRegion first = MemoryRegion.Shared(0x1003, file, 0x10003, 0x100);
        using MemoryRegion second = MemoryRegion.Shared(0, file, 0, 0x40000);

        first.GetHostSlice().Write<byte>(0xff, 0x5c);

        Assert.Equal(0x5c, second.GetHostSlice().Read<byte>(0x10102));
    }

    [Fact]
    public void CopyOnWriteRegion_StartsWithTheFileAndKeepsItsWrites()
    {
        using SharedMemoryFile file = SharedMemoryFile.Create(0x20000);
        using MemoryRegion shared = MemoryRegion.Shared(0, file, 0, 0x20000);
        shared.GetHostSlice().Fill(0x11);
        using MemoryRegion copy = MemoryRegion.CopyOnWrite(0, file, 0x10000, 0x1000);

        copy.GetHostSlice().Write<byte>(0, 0x22);

        Assert.Equal(0x11, copy.GetHostSlice().Read<byte>(1));
        Assert.Equal(0x11, shared.GetHostSlice().Read<byte>(0x10000));
    }

    [Fact]
    public void DisposeOfOneMapping_LeavesTheOthers()
    {
        using SharedMemoryFile file = SharedMemoryFile.Create(Page);
        MemoryRegion first = MemoryRegion.Shared(0, file, 0, Page);
        using MemoryRegion second = MemoryRegion.Shared(0, file, 0, Page);
        first.GetHostSlice().Write(0, 0x1122_3344_5566_7788);

        first.Dispose();
        file.Dispose();

        Assert.Equal(0x1122_3344_5566_7788, second.GetHostSlice().Read<long>(0));
    }

    [Fact]
    public void Map_AfterDispose_IsRefused()
    {
        SharedMemoryFile file = SharedMemoryFile.Create(Page);
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(file.Map);
    }

    [Theory]
    [InlineData(0x8000, 0x1000)]
    [InlineData(0, 0x40001)]
    [InlineData(0x50000, 0x1000)]
    [InlineData(0, 0)]
    [InlineData(0x10000, 0xffff_ffff_ffff_0000)]
    public void Map_OutsideOrOffTheGranularity_IsRefused(ulong offset, ulong size)
    {
        using SharedMemoryFile file = SharedMemoryFile.Create(0x40000);
        Assert.SkipWhen(offset == 0x8000 && OperatingSystem.IsLinux(), "Linux maps from every page.");

        Assert.Throws<ArgumentOutOfRangeException>(() => file.Map(offset, size));
    }

    [Fact]
    public void Map_OffThePage_IsRefused()
    {
        using SharedMemoryFile file = SharedMemoryFile.Create(0x40000);

        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => file.Map(0x10001, 0x1000));
        Assert.Contains("multiple of", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CopyOf_KeepsThePartAndZerosBehindIt()
    {
        byte[] content = PatternFile.Pattern(5000);
        using var source = new PatternFile(content);
        using SafeFileHandle handle = source.Open(FileAccess.Read);
        using SharedMemoryFile copy = SharedMemoryFile.CopyOf(handle, 7, 4993);
        using MemoryRegion region = MemoryRegion.Shared(0, copy, 0, copy.Size);

        ReadOnlySpan<byte> bytes = region.GetHostSlice().DangerousGetReadOnlySpan();
        Assert.True(bytes[..4993].SequenceEqual(content.AsSpan(7)));
        Assert.False(bytes[4993..].ContainsAnyExcept((byte)0));
    }

    [LinuxFact]
    public void SealedFile_CanBeNeitherCutNorGrown()
    {
        using SharedMemoryFile file = SharedMemoryFile.Create(2 * Page);

        Assert.Equal(-1, Libc.ftruncate(file.Handle, 0));
        Assert.Equal(-1, Libc.ftruncate(file.Handle, (long)(4 * Page)));
        Assert.Equal(-1, Libc.fcntl(file.Handle, Libc.F_ADD_SEALS, Libc.F_SEAL_WRITE));
        Assert.Equal((long)(2 * Page), RandomAccess.GetLength(file.Handle));
    }

    [LinuxFact]
    public void FromHandle_MemfdWithoutSeals_IsRefusedUnlessAsked()
    {
        using SafeFileHandle memfd = NewMemfd(Page, seals: 0);

        HostMemoryException e = Assert.Throws<HostMemoryException>(() => SharedMemoryFile.FromHandle(memfd));
        Assert.Contains("F_SEAL_SHRINK", e.Message, StringComparison.Ordinal);
        Assert.False(memfd.IsClosed);

        using SharedMemoryFile asked = SharedMemoryFile.FromHandle(memfd, allowUnsealed: true);
        Assert.Equal(Page, asked.Size);
    }

    [LinuxFact]
    public void FromHandle_MemfdSealedAgainstOtherThings_IsRefused()
    {
        using SafeFileHandle memfd = NewMemfd(Page, Libc.F_SEAL_GROW | Libc.F_SEAL_WRITE);

        Assert.Throws<HostMemoryException>(() => SharedMemoryFile.FromHandle(memfd));
    }

    [LinuxFact]
    public void FromHandle_MemfdSealedAgainstShrinking_IsTakenOver()
    {
        SafeFileHandle memfd = NewMemfd(3 * Page, Libc.F_SEAL_SHRINK);
        SharedMemoryFile file = SharedMemoryFile.FromHandle(memfd);
        using MemoryRegion region = MemoryRegion.Shared(0, file, Page, 2 * Page);

        RandomAccess.Write(memfd, [0x42], (long)Page);

        Assert.Equal(0x42, region.GetHostSlice().Read<byte>(0));
        file.Dispose();
        Assert.True(memfd.IsClosed);
    }

    [LinuxFact]
    public void FromHandle_MemfdSealedAgainstWriting_IsMappedForReadingOnly()
    {
        using SharedMemoryFile file = SharedMemoryFile.FromHandle(NewMemfd(Page, Libc.F_SEAL_SHRINK | Libc.F_SEAL_WRITE));
        using HostMapping readOnly = file.Map(0, Page, FileSharing.ReadOnly);

        HostMemoryException e = Assert.Throws<HostMemoryException>(file.Map);
        Assert.Equal(Errno.EPERM, e.ErrorCode);
        Assert.False(readOnly.IsWritable);
    }

    [LinuxFact]
    public void FromHandle_FileOnDisk_IsRefused()
    {
        using var file = new PatternFile(new byte[4096]);
        using SafeFileHandle handle = file.Open();

        HostMemoryException e = Assert.Throws<HostMemoryException>(() => SharedMemoryFile.FromHandle(handle));
        Assert.True(e.ErrorCode != 0 || e.Message.Contains("F_SEAL_SHRINK", StringComparison.Ordinal), e.Message);
    }

    [LinuxFact]
    public void FromHandle_MemfdOfAnOddSize_IsMappedToItsEnd()
    {
        using SharedMemoryFile file = SharedMemoryFile.FromHandle(NewMemfd(Page + 100, Libc.F_SEAL_SHRINK));
        using MemoryRegion region = MemoryRegion.Shared(0, file, 0, Page + 100);

        region.GetHostSlice().Fill(1);

        Assert.Equal(1, region.GetHostSlice().Read<byte>(Page + 99));
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryRegion.Shared(0, file, 0, Page + 101));
    }

    [LinuxFact]
    public void FromHandle_EmptyMemfd_HasNothingToMap()
    {
        using SharedMemoryFile file = SharedMemoryFile.FromHandle(NewMemfd(0, Libc.F_SEAL_SHRINK));

        Assert.Throws<ArgumentOutOfRangeException>(file.Map);
    }

    [Fact]
    public void FromHandle_NotOnLinux_SaysSo()
    {
        Assert.SkipWhen(OperatingSystem.IsLinux(), "On Linux it works.");
        using var handle = new SafeFileHandle(0, ownsHandle: false);

        Assert.Throws<PlatformNotSupportedException>(() => SharedMemoryFile.FromHandle(handle));
    }

    [Fact]
    public void RegionWithALabelLongerThanAFileName_IsMade()
    {
        using MemoryRegion region = MemoryRegion.Shared(0, Page, new RegionOptions { Label = new string('x', 300) });

        Assert.Equal(300, region.Label!.Length);
    }

    private static SafeFileHandle NewMemfd(ulong size, int seals)
    {
        int fd = Libc.memfd_create("test", Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING);
        Assert.True(fd >= 0);
        var memfd = new SafeFileHandle(fd, ownsHandle: true);
        Assert.Equal(0, Libc.ftruncate(memfd, (long)size));
        Assert.Equal(0, Libc.fcntl(memfd, Libc.F_ADD_SEALS, seals));
        return memfd;
    }
}
