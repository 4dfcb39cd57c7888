using Xunit;

namespace Lodge.Memory.Tests;

public sealed class GuestSliceTests
{
    private const ulong GiB = 1UL << 30;

    [Fact]
    public void ReadAndWrite_AtTheEnds_GoThrough()
    {
        using MemoryRegion region = MemoryRegion.Anonymous(0, 100);
        GuestSlice slice = region.GetHostSlice();
        slice.Write(0, 0x11223344u);
        slice.Write(92, 0x5566778899AABBCCul);
        Assert.Equal(0x11223344u, slice.Read<uint>(0));
        Assert.Equal(0x5566778899AABBCCul, slice.Read<ulong>(92));
        Assert.Equal(100UL, slice.Length);
        Assert.False(slice.IsEmpty);
    }

    [Theory]
    [InlineData(93UL)]
    [InlineData(99UL)]
    [InlineData(100UL)]
    [InlineData(101UL)]
    [InlineData(1UL << 32)]
    [InlineData(ulong.MaxValue - 7)]
    [InlineData(ulong.MaxValue)]
    public void ReadAndWrite_OutsideTheSlice_Throw(ulong offset)
    {
        using MemoryRegion region = MemoryRegion.Anonymous(0, 100);
        Assert.Throws<ArgumentOutOfRangeException>(() => region.GetHostSlice().Read<ulong>(offset));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.GetHostSlice().Write(offset, 1UL));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.GetHostSlice().CopyTo(offset, new byte[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.GetHostSlice().CopyFrom(offset, new byte[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.GetHostSlice().Slice(offset, 8));
    }

    [Fact]
    public void ASliceShorterThanTheValue_Throws()
    {
        using MemoryRegion region = MemoryRegion.Anonymous(0, 7);
        Assert.Throws<ArgumentOutOfRangeException>(() => region.GetHostSlice().Read<ulong>(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.GetHostSlice().Write<ulong>(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.GetHostSlice().CopyFrom(0, new byte[8]));
        Assert.Equal(new byte[7], region.GetHostSlice().DangerousGetReadOnlySpan().ToArray());
    }

    [Fact]
    public void Misuse_OfWhatWasGranted_Throws()
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        Assert.Throws<InvalidOperationException>(() => Get(memory, MemoryAccess.Read).Write(0, 1));
        Assert.Throws<InvalidOperationException>(() => Get(memory, MemoryAccess.Read).CopyFrom(0, new byte[1]));
        Assert.Throws<InvalidOperationException>(() => Get(memory, MemoryAccess.Read).Fill(1));
        Assert.Throws<InvalidOperationException>(() => Get(memory, MemoryAccess.Read).DangerousGetSpan());
        Assert.Throws<InvalidOperationException>(() => Get(memory, MemoryAccess.Write).Read<int>(0));
        Assert.Throws<InvalidOperationException>(() => Get(memory, MemoryAccess.Write).CopyTo(0, new byte[1]));
        Assert.Throws<InvalidOperationException>(() => Get(memory, MemoryAccess.Write).TryIndexOf(0, out _));
        Assert.Throws<InvalidOperationException>(() => Get(memory, MemoryAccess.Write).DangerousGetReadOnlySpan());
        Assert.Throws<InvalidOperationException>(() => Get(memory, MemoryAccess.Execute).Read<int>(0));
        Assert.Throws<InvalidOperationException>(() => Get(memory, MemoryAccess.Read).Slice(8, 8).Write(0, 1));
        Assert.Equal(0, memory.Read<int>(0));
    }

    [Fact]
    public void Slice_OfASlice_KeepsItsRightsAndPlace()
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        memory.Write(108, 0x12345678);
        GuestSlice part = Get(memory, MemoryAccess.Read).Slice(100).Slice(8, 4);
        Assert.Equal(4UL, part.Length);
        Assert.Equal(MemoryAccess.Read, part.Access);
        Assert.Equal(0x12345678, part.Read<int>(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Get(memory, MemoryAccess.Read).Slice(100).Slice(8, 4).Read<int>(1));
    }

    [Fact]
    public void Slice_AtTheEnd_IsEmpty()
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        Assert.True(Get(memory, MemoryAccess.Read).Slice(4096).IsEmpty);
        Assert.True(Get(memory, MemoryAccess.Read).Slice(4096, 0).IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => Get(memory, MemoryAccess.Read).Slice(4097));
        Assert.Throws<ArgumentOutOfRangeException>(() => Get(memory, MemoryAccess.Read).Slice(ulong.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => Get(memory, MemoryAccess.Read).Slice(4097, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Get(memory, MemoryAccess.Read).Slice(1, ulong.MaxValue));
    }

    [Fact]
    public void DefaultSlice_HasNoBytes()
    {
        GuestSlice slice = default;
        Assert.True(slice.IsEmpty);
        Assert.Equal(0UL, slice.Length);
        Assert.Equal(MemoryAccess.None, slice.Access);
        Assert.Equal(0, slice.DangerousAddress);
        slice.MarkDirty();
        Assert.True(slice.Slice(0, 0).IsEmpty);
        Assert.True(slice.Slice(0).IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => default(GuestSlice).Read<byte>(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => default(GuestSlice).Write<byte>(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => default(GuestSlice).Slice(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => default(GuestSlice).Slice(1));
    }

    // A guest that chooses length 0 gets an empty slice; what was asked for may then be done to its no bytes.
    [Theory]
    [InlineData(0UL)]
    [InlineData(ulong.MaxValue)]
    public void ASliceOfLength0_CanBeUsedAsItWasAskedFor(ulong address)
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        Assert.True(memory.TryGetSlice(address, 0, MemoryAccess.ReadWrite, out GuestSlice slice, out AccessFault fault));
        Assert.Equal(default, fault);
        Assert.True(slice.IsEmpty);
        slice.Fill(1);
        slice.CopyFrom(0, []);
        slice.CopyTo(0, []);
        Assert.False(slice.TryIndexOf(0, out ulong index));
        Assert.Equal(0UL, index);
        Assert.Equal(0, slice.DangerousGetSpan().Length);
        Assert.Equal(0, slice.DangerousGetReadOnlySpan().Length);
    }

    [Fact]
    public void ASliceOfMoreThan4GiB_ReachesItsEnd()
    {
        using GuestMemory memory = GuestMemory.Anonymous(6 * GiB);
        Assert.True(memory.TryGetSlice(0, 6 * GiB, MemoryAccess.ReadWrite, out GuestSlice slice, out _));
        Assert.Equal(6 * GiB, slice.Length);
        foreach (ulong offset in (ReadOnlySpan<ulong>)[0, (4 * GiB) - 8, (4 * GiB) - 4, 4 * GiB, (4 * GiB) + 1, (6 * GiB) - 8])
        {
            slice.Write(offset, offset + 1);
            Assert.Equal(offset + 1, slice.Read<ulong>(offset));
            Assert.Equal(offset + 1, memory.Read<ulong>(offset));
        }

        Assert.Equal((2 * GiB) - 1, slice.Slice((4 * GiB) + 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Regions[0].GetHostSlice().Read<ulong>((6 * GiB) - 7));
        Assert.Throws<InvalidOperationException>(() => memory.Regions[0].GetHostSlice().DangerousGetSpan());
        Assert.Throws<InvalidOperationException>(() => memory.Regions[0].GetHostSlice().DangerousGetReadOnlySpan());
        Assert.Equal(1000, slice.Slice(5 * GiB, 1000).DangerousGetSpan().Length);
    }

    [Fact]
    public void TryIndexOf_BehindTheLargestSpan_CountsAllOfIt()
    {
        // Memory that is only read costs no more than its page tables.
        using MemoryRegion region = MemoryRegion.Anonymous(0, GiB + 8192);
        GuestSlice slice = region.GetHostSlice();
        slice.Write<byte>(GiB + 5000, 7);
        Assert.True(slice.TryIndexOf(7, out ulong index));
        Assert.Equal(GiB + 5000, index);
    }

    [Fact]
    public void TryIndexOf_FindsTheFirst()
    {
        using MemoryRegion region = MemoryRegion.Anonymous(0, 5000);
        GuestSlice slice = region.GetHostSlice();
        slice.Write<byte>(3000, 9);
        slice.Write<byte>(4999, 9);
        Assert.True(slice.TryIndexOf(9, out ulong index));
        Assert.Equal(3000UL, index);
        Assert.True(slice.Slice(3001).TryIndexOf(9, out index));
        Assert.Equal(1998UL, index);
        Assert.False(slice.TryIndexOf(8, out index));
        Assert.Equal(0UL, index);
    }

    [Fact]
    public void Writes_MarkTheirPagesAndNoOthers()
    {
        var dirty = new DirtyBitmap(16 * 4096);
        using MemoryRegion region = MemoryRegion.Anonymous(0, 16 * 4096, new RegionOptions { Dirty = dirty });
        GuestSlice slice = region.GetHostSlice();
        slice.Write<byte>(4096, 1);
        slice.CopyFrom((3 * 4096) - 1, [1, 2]);
        slice.Slice(5 * 4096, 1).Fill(1);
        slice.Slice(7 * 4096, 1).MarkDirty();
        slice.CopyFrom(9 * 4096, []);
        slice.Slice(10 * 4096, 0).Fill(1);
        slice.Slice(11 * 4096, 0).MarkDirty();
        _ = slice.DangerousGetSpan();
        _ = slice.Read<byte>(12 * 4096);

        ulong[] expected = [1, 2, 3, 5, 7];
        for (ulong page = 0; page < 16; page++)
            Assert.Equal(expected.Contains(page), dirty.IsMarked(page * 4096));
    }

    [Fact]
    public void MemoryRegion_GetSlice_ChecksBoundsAndRights()
    {
        using MemoryRegion rom = MemoryRegion.Anonymous(0x1000, 100, RegionOptions.ReadOnly);
        Assert.Equal(50UL, rom.GetSlice(50, 50, MemoryAccess.Read).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => rom.GetSlice(51, 50, MemoryAccess.Read));
        Assert.Throws<ArgumentOutOfRangeException>(() => rom.GetSlice(ulong.MaxValue, 2, MemoryAccess.Read));
        Assert.Throws<ArgumentOutOfRangeException>(() => rom.GetSlice(2, ulong.MaxValue, MemoryAccess.Read));
        GuestMemoryException exception = Assert.Throws<GuestMemoryException>(() => rom.GetSlice(8, 4, MemoryAccess.ReadWrite));
        Assert.Equal(
            new AccessFault(FaultKind.Permission, 0x1008, 4, MemoryAccess.ReadWrite, MemoryAccess.ReadExecute), exception.Fault);
    }

    private static GuestSlice Get(GuestMemory memory, MemoryAccess access)
    {
        Assert.True(memory.TryGetSlice(0, 4096, access, out GuestSlice slice, out _));
        return slice;
    }
}
