using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Machines.Tests;

public sealed class SlotConversionTests
{
    private const ulong Page = 4096;
    private const ulong Start = 0x1_0000_0000;

    [Theory]
    [InlineData(
        MemoryAccess.All, KvmSlotFlags.None, MshvSlotFlags.Writable | MshvSlotFlags.Executable,
        WhpSlotFlags.Write | WhpSlotFlags.Execute)]
    [InlineData(MemoryAccess.ReadWrite, KvmSlotFlags.None, MshvSlotFlags.Writable, WhpSlotFlags.Write)]
    [InlineData(MemoryAccess.ReadExecute, KvmSlotFlags.ReadOnly, MshvSlotFlags.Executable, WhpSlotFlags.Execute)]
    [InlineData(MemoryAccess.Read, KvmSlotFlags.ReadOnly, MshvSlotFlags.None, WhpSlotFlags.None)]
    public void From_Region_HasItsAddressesAndRights(MemoryAccess access, KvmSlotFlags kvm, MshvSlotFlags mshv, WhpSlotFlags whp)
    {
        using HostMapping mapping = HostMapping.Anonymous(4 * Page);
        using MemoryRegion region = MemoryRegion.FromMapping(
            Start, mapping, Page, 2 * Page, RegionOptions.Default with { Permissions = access });
        ulong host = (ulong)mapping.DangerousAddress + Page;
        Assert.Equal(
            new KvmSlot { Number = 7, Flags = kvm, GuestAddress = Start, Size = 2 * Page, HostAddress = host },
            KvmSlot.From(region, 7));
        Assert.Equal(
            new MshvSlot { Size = 2 * Page, GuestPage = Start / Page, HostAddress = host, Flags = mshv }, MshvSlot.From(region));
        Assert.Equal(
            new WhpSlot { HostAddress = (nint)host, GuestAddress = Start, Size = 2 * Page, Flags = whp | WhpSlotFlags.Read },
            WhpSlot.From(region));
    }

    [Fact]
    public void From_MemoryThatIsMappedReadOnly_IsReadOnlyEverywhere()
    {
        string path = Path.GetTempFileName();
        try
        {
            // Windows maps files at multiples of 64 KiB; the host's address is one of 4 KiB anyway.
            File.WriteAllBytes(path, new byte[64 << 10]);
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
            MemoryRegion region = MemoryRegion.MapTrustedFile(Start, file, 0, 64 << 10, FileSharing.ReadOnly);
            Assert.Equal(KvmSlotFlags.ReadOnly, KvmSlot.From(region, 0).Flags);
            Assert.Equal(MshvSlotFlags.Executable, MshvSlot.From(region).Flags);
            Assert.Equal(WhpSlotFlags.Read | WhpSlotFlags.Execute, WhpSlot.From(region).Flags);
            region.Dispose();
        }
        finally
        {
            Delete(path);
        }
    }

    [Fact]
    public void From_WithLogging_SetsTheFlag()
    {
        using MemoryRegion region = MemoryRegion.Anonymous(Start, Page);
        Assert.Equal(KvmSlotFlags.LogDirtyPages, KvmSlot.From(region, 0, logDirty: true).Flags);
        Assert.Equal(
            WhpSlotFlags.Read | WhpSlotFlags.Write | WhpSlotFlags.Execute | WhpSlotFlags.TrackDirtyPages,
            WhpSlot.From(region, logDirty: true).Flags);
    }

    [Fact]
    public void Removed_IsWhatTakesItAway()
    {
        using MemoryRegion region = MemoryRegion.Anonymous(Start, Page);
        KvmSlot kvm = KvmSlot.From(region, 3, logDirty: true);
        Assert.Equal(kvm with { Size = 0, Flags = KvmSlotFlags.None }, kvm.Removed);
        MshvSlot mshv = MshvSlot.From(region);
        Assert.Equal(mshv with { Flags = MshvSlotFlags.Unmap }, mshv.Removed);
    }

    [Fact]
    public void From_WhatNoHypervisorTakes_IsRefused()
    {
        using MemoryRegion unaligned = MemoryRegion.Anonymous(Start + 0x100, Page);
        using MemoryRegion shortOne = MemoryRegion.Anonymous(Start, 0x100);
        using MemoryRegion unreadable = MemoryRegion.Anonymous(
            Start, Page, RegionOptions.Default with { Permissions = MemoryAccess.None });
        using HostMapping mapping = HostMapping.Anonymous(2 * Page);
        using MemoryRegion askew = MemoryRegion.FromMapping(Start, mapping, 8, Page);
        foreach (MemoryRegion region in new[] { unaligned, shortOne, unreadable, askew })
        {
            Assert.Throws<ArgumentException>(() => KvmSlot.From(region, 0));
            Assert.Throws<ArgumentException>(() => MshvSlot.From(region));
            Assert.Throws<ArgumentException>(() => WhpSlot.From(region));
        }

        MemoryRegion disposed = MemoryRegion.Anonymous(Start, Page);
        disposed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => WhpSlot.From(disposed));
        Assert.Throws<ArgumentOutOfRangeException>(() => KvmSlot.From(shortOne, -1));
    }

    // struct kvm_userspace_memory_region { u32 slot, flags; u64 guest_phys_addr, memory_size, userspace_addr; }
    [Fact]
    public void KvmSlot_HasTheKernelsLayout()
    {
        var slot = new KvmSlot { Number = 0x0101_0101, GuestAddress = 3, Size = 4, HostAddress = 5 };
        byte[] bytes = Bytes(slot with { Flags = (KvmSlotFlags)0x0202_0202 });
        Assert.Equal(
            [1, 1, 1, 1, 2, 2, 2, 2, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0], bytes);
    }

    // struct mshv_user_mem_region { u64 size, guest_pfn, userspace_addr; u8 flags; u8 rsvd[7]; }
    [Fact]
    public void MshvSlot_HasTheKernelsLayout()
    {
        byte[] bytes = Bytes(new MshvSlot { Size = 1, GuestPage = 2, HostAddress = 3, Flags = MshvSlotFlags.Unmap });
        Assert.Equal(
            [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0], bytes);
    }

    [Fact]
    public void Flags_AreTheNumbersOfTheirHeaders()
    {
        Assert.Equal((1u, 2u), ((uint)KvmSlotFlags.LogDirtyPages, (uint)KvmSlotFlags.ReadOnly));
        Assert.Equal((1, 2, 4), ((byte)MshvSlotFlags.Writable, (byte)MshvSlotFlags.Executable, (byte)MshvSlotFlags.Unmap));
        Assert.Equal(
            (1u, 2u, 4u, 8u),
            ((uint)WhpSlotFlags.Read, (uint)WhpSlotFlags.Write, (uint)WhpSlotFlags.Execute, (uint)WhpSlotFlags.TrackDirtyPages));
        Assert.Equal(4, Unsafe.SizeOf<WhpSlotFlags>());
    }

    private static unsafe byte[] Bytes<T>(T value) where T : unmanaged => new ReadOnlySpan<byte>(&value, sizeof(T)).ToArray();

    // On Windows a view keeps the file until it is unreachable.
    private static void Delete(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
    }
}
