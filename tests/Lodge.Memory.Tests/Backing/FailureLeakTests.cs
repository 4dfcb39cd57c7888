using Lodge.Memory.Interop;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>What fails leaves nothing behind: no mapping, no descriptor.</summary>
[Collection(ProcessStateCollection.Name)]
public sealed class FailureLeakTests
{
    private const int Rounds = 64;

    public static TheoryData<string> Failures => [.. FailingCalls.Keys];

    private static Dictionary<string, Action> FailingCalls { get; } = new()
    {
        ["anonymous, too large"] = () => HostMapping.Anonymous(1ul << 56),
        ["shared, too large"] = () =>
        {
            using SharedMemoryFile file = SharedMemoryFile.Create(1ul << 56);
            file.Map();
        },
        ["region, too large"] = () => MemoryRegion.Anonymous(0, 1ul << 55),
        ["shared region, too large for the address space"] = () => MemoryRegion.Shared(0, 1ul << 55),
        ["arena, too large"] = () => new MemoryArena(1ul << 55),
        ["huge pages, more than there can be"] =
            () => HostMapping.Anonymous(1ul << 44, new MappingOptions { HugePages = HugePages.Size2M }),
        ["shared huge pages, more than there can be"] = () =>
        {
            using SharedMemoryFile file = SharedMemoryFile.Create(1ul << 44, "huge", new MappingOptions { HugePages = HugePages.Size2M });
            file.Map();
        },
        ["memfd, offset not a page"] = () =>
        {
            using SharedMemoryFile file = SharedMemoryFile.Create(0x4000);
            file.Map(1, 0x1000);
        },
        ["memfd, past its end"] = () =>
        {
            using SharedMemoryFile file = SharedMemoryFile.Create(0x4000);
            file.Map(0x1000, 0x4000);
        },
        ["memfd, closed"] = () =>
        {
            SharedMemoryFile file = SharedMemoryFile.Create(0x4000);
            file.Dispose();
            file.Map();
        },
        ["memfd, without seals"] = () =>
        {
            using var memfd = new SafeFileHandle(Libc.memfd_create("test", Libc.MFD_CLOEXEC), ownsHandle: true);
            SharedMemoryFile.FromHandle(memfd);
        },
        ["file, shorter than asked for"] = () => WithFile(handle => MemoryRegion.File(0, handle, 0, 0x5000)),
        ["file, offset beyond what a file can have"] = () => WithFile(handle => MemoryRegion.File(0, handle, ulong.MaxValue, 1)),
        ["file copy, shorter than asked for"] = () => WithFile(handle => SharedMemoryFile.CopyOf(handle, 0x3000, 0x2000)),
        ["trusted file, past its end"] = () => WithFile(handle => HostMapping.MapTrustedFile(handle, 0, 0x5000, FileSharing.Shared)),
        ["trusted file, not for writing"] = () => WithFile(
            handle => HostMapping.MapTrustedFile(handle, 0, 0x1000, FileSharing.Shared), FileAccess.Read),
        ["trusted file, region that may write read-only pages"] = () => WithFile(
            handle => MemoryRegion.MapTrustedFile(0, handle, 0, 0x1000, FileSharing.ReadOnly, RegionOptions.Default)),
        ["bitmap that does not cover the region"] = () => MemoryRegion.Shared(
            0, 0x3000, new RegionOptions { Dirty = SmallBitmap }),
    };

    private static DirtyBitmap SmallBitmap { get; } = new(0x1000);

    [LinuxTheory]
    [MemberData(nameof(Failures))]
    public void FailedCall_Surfaces_AndLeavesNeitherMappingNorDescriptor(string name)
    {
        Action call = FailingCalls[name];

        // Once before counting: the first call of anything loads something.
        Assert.ThrowsAny<Exception>(call);
        Collector.Collect();
        int mappings = ProcessCounters.Mappings;
        int descriptors = ProcessCounters.Descriptors;

        for (int i = 0; i < Rounds; i++)
            Assert.ThrowsAny<Exception>(call);

        Assert.Equal(descriptors, ProcessCounters.Descriptors);
        Assert.True(
            Collector.CollectUntil(() => ProcessCounters.Mappings < mappings + (Rounds / 4)),
            $"{mappings} mappings before, {ProcessCounters.Mappings} after.");
    }

    [LinuxTheory]
    [InlineData("anonymous, too large")]
    [InlineData("shared region, too large for the address space")]
    [InlineData("huge pages, more than there can be")]
    [InlineData("trusted file, not for writing")]
    public void FailedSystemCall_SaysWhatWasTriedAndWhatTheSystemAnswered(string name)
    {
        HostMemoryException e = Assert.Throws<HostMemoryException>(FailingCalls[name]);

        Assert.NotEqual(0, e.ErrorCode);
        Assert.StartsWith("Could not ", e.Message, StringComparison.Ordinal);
        Assert.Contains($"(error {e.ErrorCode})", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xffff_ffff_ffff_f000, false)]
    [InlineData(0, true)]
    public void FromArena_ThatFails_LeavesThePieceInTheArena(ulong start, bool withSmallBitmap)
    {
        var arena = new MemoryArena(0x10000);
        var options = new RegionOptions { Dirty = withSmallBitmap ? SmallBitmap : null };

        // All of the arena does not fit above the first start, and the bitmap does not cover it at the second.
        Assert.ThrowsAny<ArgumentException>(() => MemoryRegion.FromArena(start, arena, options));

        Assert.Equal(arena.Size, arena.FreeBytes);
    }

    private static void WithFile(Action<SafeFileHandle> use, FileAccess access = FileAccess.ReadWrite)
    {
        using var file = new PatternFile(new byte[0x4000]);
        using SafeFileHandle handle = file.Open(access);
        use(handle);
    }
}
