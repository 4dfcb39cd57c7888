using System.Runtime.InteropServices;
using Xunit;

namespace Lodge.Memory.Tests;

[Collection(ProcessStateCollection.Name)]
public sealed unsafe class HostMappingTests
{
    private static readonly ulong Page = PageSize.Host.Bytes;

    [Fact]
    public void Anonymous_IsRoundedUpToPages()
    {
        using HostMapping mapping = HostMapping.Anonymous(Page + 1);

        Assert.Equal(2 * Page, mapping.Size);
        Assert.Equal(0ul, mapping.HugePageBytes);
        Assert.True(mapping.IsWritable);
        Assert.True(Alignment.IsAligned((ulong)mapping.DangerousAddress, Page));
    }

    [Theory]
    [InlineData(0)]
    [InlineData((1ul << 56) + 1)]
    [InlineData(ulong.MaxValue)]
    public void Anonymous_ImpossibleSize_IsRefused(ulong size)
        => Assert.Throws<ArgumentOutOfRangeException>(() => HostMapping.Anonymous(size));

    [Fact]
    public void Anonymous_MoreThanTheAddressSpaceHas_SaysWhatTheSystemAnswered()
    {
        HostMemoryException e = Assert.Throws<HostMemoryException>(() => HostMapping.Anonymous(1ul << 56));

        Assert.NotEqual(0, e.ErrorCode);
        Assert.Contains($"(error {e.ErrorCode})", e.Message, StringComparison.Ordinal);
        Assert.Contains("reserve", e.Message, StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData("Anonymous")]
    [InlineData("Shared")]
    [InlineData("File")]
    public void GuardPages_LieOnBothSides(string kind)
    {
        using HostMapping mapping = Make(kind, MappingOptions.Default);
        AddressSpaceMap map = AddressSpaceMap.Read();
        nint first = mapping.DangerousAddress;
        nint last = first + (nint)Alignment.Up(mapping.Size, Page) - 1;

        Assert.StartsWith("---", map.RightsAt(first - 1), StringComparison.Ordinal);
        Assert.StartsWith("rw", map.RightsAt(first), StringComparison.Ordinal);
        Assert.StartsWith("rw", map.RightsAt(last), StringComparison.Ordinal);
        Assert.StartsWith("---", map.RightsAt(last + 1), StringComparison.Ordinal);
    }

    [Fact]
    public void GuardPages_NotWanted_TakeNoAddresses()
    {
        using HostMapping with = HostMapping.Anonymous(Page);
        using HostMapping without = HostMapping.Anonymous(Page, new MappingOptions { GuardPages = false });

        Assert.Equal(3 * Page, ((MappingHandle)with.SafeHandle).RangeSize);
        Assert.Equal(Page, ((MappingHandle)without.SafeHandle).RangeSize);
    }

    [Theory]
    [InlineData("Anonymous")]
    [InlineData("Shared")]
    [InlineData("File")]
    public void Populate_BringsInAllPages(string kind)
    {
        using HostMapping mapping = Make(kind, new MappingOptions { Populate = true });

        // What is in is no different for a reader: this is that nothing was refused, and nothing is overwritten.
        Assert.Equal(kind == "File" ? 1 : 0, *(byte*)mapping.DangerousAddress);
        GC.KeepAlive(mapping);
    }

    [LinuxFact]
    public void Populate_TakesTheMemoryAtOnce()
    {
        const long Size = 32 << 20;
        long before = ProcessCounters.ResidentAnonymousBytes;
        using HostMapping lazy = HostMapping.Anonymous(Size);
        long between = ProcessCounters.ResidentAnonymousBytes;
        using HostMapping eager = HostMapping.Anonymous(Size, new MappingOptions { Populate = true });
        long after = ProcessCounters.ResidentAnonymousBytes;

        Assert.InRange(between - before, long.MinValue, Size / 4);
        Assert.InRange(after - between, Size * 3 / 4, long.MaxValue);
    }

    [Theory]
    [InlineData(0, 4096, 0, true)]
    [InlineData(4096, 8192, 0, true)]
    [InlineData(1, 4096, 0, false)]
    [InlineData(0, 4097, 0, false)]
    [InlineData(0, 4 << 20, 0, true)]
    [InlineData(0, (4 << 20) + 4096, 0, false)]
    [InlineData(ulong.MaxValue - 4095, 4096, 0, false)]
    [InlineData(0, 4096, 2 << 20, false)]
    [InlineData(4096, 2 << 20, 2 << 20, false)]
    [InlineData(2 << 20, 2 << 20, 2 << 20, true)]
    public void CanDiscard_WholePagesOfTheMappingsKindOnly(ulong offset, ulong size, ulong hugePageBytes, bool expected)
    {
        Assert.SkipUnless(Page == 4096, "The cases are of 4 KiB pages.");
        MappingHandle handle = Pretend(new RefusingHostMemory(), hugePageBytes);
        using HostMapping mapping = WithHandle(handle);

        Assert.Equal(expected, mapping.CanDiscard(offset, size));
        if (!expected)
            Assert.Throws<InvalidOperationException>(() => mapping.Discard(offset, size));
    }

    [Fact]
    public void Dispose_ThatTheSystemRefuses_SurfacesAndCountsNothing()
    {
        var system = new RefusingHostMemory { RefusesToRetire = true };
        MappingHandle handle = Pretend(system, 0);
        long before = RetiredRanges.CurrentCount;

        Assert.Throws<HostMemoryException>(handle.Retire);
        handle.Dispose();

        Assert.Equal(1, system.Released);
        Assert.Equal(before, RetiredRanges.CurrentCount);
    }

    [Fact]
    public void Dispose_ThatTheSystemRefusedOnce_CanBeTriedAgain()
    {
        var system = new RefusingHostMemory { RefusesToRetire = true };
        MappingHandle handle = Pretend(system, 0);
        Assert.Throws<HostMemoryException>(handle.Retire);

        system.RefusesToRetire = false;
        handle.Retire();
        handle.Retire();

        Assert.True(handle.IsRetired);
        Assert.Equal(2, system.RetireCalls);
        handle.Dispose();
    }

    [Fact]
    public void Borrow_KeepsItsOwnerAndLeavesTheMemory()
    {
        byte[] array = GC.AllocateArray<byte>(64, pinned: true);
        void* pointer = (void*)Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        HostMapping mapping = HostMapping.DangerousBorrow(pointer, 64, array);
        array[5] = 7;

        mapping.Dispose();

        Assert.True(mapping.IsDisposed);
        Assert.Equal(7, array[5]);
    }

    [Fact]
    public void Borrow_ImpossibleMemory_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => HostMapping.DangerousBorrow(null, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => HostMapping.DangerousBorrow((void*)0x1000, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => HostMapping.DangerousBorrow((void*)0x1000, ulong.MaxValue));
    }

    private static HostMapping Make(string kind, MappingOptions options)
    {
        const int Size = 0x5000;
        switch (kind)
        {
            case "Anonymous":
                return HostMapping.Anonymous(Size, options);
            case "Shared":
                using (SharedMemoryFile file = SharedMemoryFile.Create(Size))
                    return file.Map(0, Size, FileSharing.Shared, options);
            default:
                using (var file = new PatternFile(PatternFile.Pattern(Size)))
                using (Microsoft.Win32.SafeHandles.SafeFileHandle handle = file.Open())
                    return HostMapping.MapTrustedFile(handle, 0, Size - 5, FileSharing.Shared, options);
        }
    }

    // Nothing touches the addresses: the system that owns them only counts.
    private static MappingHandle Pretend(RefusingHostMemory system, ulong hugePageBytes)
        => new(system, (void*)0x7000_0000, 4 << 20, (byte*)0x7000_0000, 4 << 20) { HugePageBytes = hugePageBytes };

    private static HostMapping WithHandle(MappingHandle handle)
        => (HostMapping)Activator.CreateInstance(
            typeof(HostMapping),
            System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic,
            binder: null,
            [handle, true, null],
            culture: null)!;
}
