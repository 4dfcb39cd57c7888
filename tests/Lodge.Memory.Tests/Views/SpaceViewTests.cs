using Xunit;

namespace Lodge.Memory.Tests;

public sealed class SpaceViewTests : IDisposable
{
    private const ulong Top = ulong.MaxValue - 0xfff;
    private readonly GuestMemory _memory = GuestMemory.Create(
        MemoryRegion.Anonymous(0, 0x4000),
        MemoryRegion.Anonymous(0x8000, 0x1000, RegionOptions.ReadOnly),
        MemoryRegion.Anonymous(Top, 0x1000));

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void View_ReachesItsRangeAndNothingElse()
    {
        SpaceView view = SpaceView.Of(_memory, new GuestRange(0x1008, 0x20), MemoryAccess.All);
        _memory.Fill(0x1000, 0x30, 0x11);

        Assert.Equal(0x1111_1111U, view.Read<uint>(0x1008));
        view.Write(0x1024, 5U);
        Assert.Equal(5U, _memory.Read<uint>(0x1024));
        foreach (ulong address in (ulong[])[0, 0x1000, 0x1007, 0x1028, 0x2000, ulong.MaxValue])
        {
            Assert.False(view.TryRead<byte>(address, out _, out AccessFault fault), $"0x{address:x}");
            Assert.Equal(new AccessFault(FaultKind.Unmapped, address, 1, MemoryAccess.Read), fault);
        }

        Assert.Equal(new GuestRange(0x1008, 0x20), view.Range);
    }

    [Fact]
    public void Access_OverTheViewsEnds_DoesNothingBeyondThem()
    {
        SpaceView view = SpaceView.Of(_memory, new GuestRange(0x1008, 0x20), MemoryAccess.All);
        Assert.False(view.TryWrite(0x1024, ulong.MaxValue, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x1028, 4, MemoryAccess.Write), fault);
        Assert.False(view.TryWrite(0x1004, ulong.MaxValue, out fault));
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x1004, 8, MemoryAccess.Write), fault);
        Assert.Equal(0x18, view.Write(0x1010, PieceMemory.Bytes(0x100), out fault));
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x1028, 0xe8, MemoryAccess.Write), fault);
        Assert.Equal(0UL, _memory.Read<ulong>(0x1028));
        Assert.Equal(0UL, _memory.Read<ulong>(0x1000));
    }

    [Fact]
    public void ViewSmallerThanTheAccess_IsAFaultAndDoesNotUnderflow()
    {
        for (ulong size = 1; size < 8; size++)
        {
            SpaceView view = SpaceView.Of(_memory, new GuestRange(0x1000, size), MemoryAccess.All);
            Assert.False(view.TryRead<ulong>(0x1000, out _, out AccessFault fault));
            Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x1000 + size, 8 - size, MemoryAccess.Read), fault);
            Assert.True(view.TryRead<byte>(0x1000 + size - 1, out _, out _));
        }
    }

    [Theory]
    [InlineData(MemoryAccess.None)]
    [InlineData(MemoryAccess.Read)]
    [InlineData(MemoryAccess.Write)]
    [InlineData(MemoryAccess.Execute)]
    [InlineData(MemoryAccess.ReadWrite)]
    [InlineData(MemoryAccess.All)]
    public void View_AllowsItsRightsOnly(MemoryAccess rights)
    {
        SpaceView view = SpaceView.Of(_memory, new GuestRange(0x1000, 0x1000), rights);
        foreach (MemoryAccess access in (MemoryAccess[])[MemoryAccess.Read, MemoryAccess.Write, MemoryAccess.Execute, MemoryAccess.ReadWrite])
        {
            bool isAllowed = view.TryGetSlice(0x1010, 8, access, out GuestSlice slice, out AccessFault fault);
            Assert.Equal((access & ~rights) == 0, isAllowed);
            if (isAllowed)
                Assert.Equal(access, slice.Access);
            else
                Assert.Equal(new AccessFault(FaultKind.Permission, 0x1010, 8, access, rights), fault);
        }

        Assert.Equal(rights, view.Rights);
    }

    [Fact]
    public void View_WithMoreRightsThanItsSpace_DoesNotGiveThem()
    {
        SpaceView view = SpaceView.Of(_memory, new GuestRange(0x8000, 0x1000), MemoryAccess.All, 0);
        Assert.False(view.TryWrite(0x10, 1U, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Permission, 0x10, 4, MemoryAccess.Write, MemoryAccess.ReadExecute), fault);
        Assert.Equal(0U, view.Read<uint>(0x10));
    }

    [Fact]
    public void RebasedView_AnswersAndFaultsInItsOwnAddresses()
    {
        SpaceView view = SpaceView.Of(_memory, new GuestRange(0x3000, 0x6000), MemoryAccess.All, 0x7_0000_0000);
        view.Write(0x7_0000_0008, 0x1234U);
        Assert.Equal(0x1234U, _memory.Read<uint>(0x3008));

        Assert.Equal(0x1000, view.Read(0x7_0000_0000, new byte[0x2000], out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x7_0000_1000, 0x1000, MemoryAccess.Read), fault);
        Assert.False(view.TryWrite(0x7_0000_5000, 1UL, out fault));
        Assert.Equal(new AccessFault(FaultKind.Permission, 0x7_0000_5000, 8, MemoryAccess.Write, MemoryAccess.ReadExecute), fault);
        Assert.False(view.TryRead<byte>(0x3000, out _, out fault));
        Assert.Equal(FaultKind.Unmapped, fault.Kind);
    }

    [Fact]
    public void ViewsAtZeroAndAtTheTop_ReachTheirLastByte()
    {
        SpaceView down = SpaceView.Of(_memory, new GuestRange(Top, 0x1000), MemoryAccess.All, 0);
        SpaceView up = SpaceView.Of(_memory, new GuestRange(0, 0x1000), MemoryAccess.All, Top);
        down.Write(0xff8, 1UL);
        up.Write(ulong.MaxValue - 7, 2UL);
        Assert.Equal(1UL, _memory.Read<ulong>(ulong.MaxValue - 7));
        Assert.Equal(2UL, _memory.Read<ulong>(0xff8));

        Assert.False(up.TryRead<ulong>(ulong.MaxValue - 3, out _, out AccessFault fault));
        Assert.Equal(FaultKind.Overflow, fault.Kind);
        Assert.False(up.TryRead<byte>(0, out _, out fault));
        Assert.Equal(FaultKind.Unmapped, fault.Kind);
        Assert.False(down.TryRead<byte>(0x1000, out _, out _));
        Assert.False(down.TryRead<byte>(ulong.MaxValue, out _, out _));
    }

    [Theory]
    [InlineData(0x1000UL, 0x1000UL, 0x2001UL)]
    [InlineData(0x1000UL, 0x1000UL, 0x2004UL)]
    [InlineData(0x1001UL, 0x1000UL, 0x2000UL)]
    [InlineData(0x1000UL, 0x1001UL, Top)]
    [InlineData(0x1000UL, 0UL, 0x1000UL)]
    public void Rebase_OffItsAlignmentPast2To64OrOfNothing_IsRefused(ulong start, ulong length, ulong newStart)
        => Assert.Throws<ArgumentException>(() => SpaceView.Of(_memory, new GuestRange(start, length), MemoryAccess.All, newStart));

    [Fact]
    public void RebasedView_KeepsAtomicsWorking()
    {
        SpaceView view = SpaceView.Of(_memory, new GuestRange(0x1008, 0x100), MemoryAccess.All, 0);
        Assert.Equal(0UL, view.FetchAdd(0x10, 5UL));
        Assert.Equal(5UL, _memory.Load<ulong>(0x1018));
    }

    [Fact]
    public void ZeroBytes_AreAccessibleEvenWithoutRights()
    {
        SpaceView view = SpaceView.Of(_memory, new GuestRange(0x1000, 8), MemoryAccess.None);
        Assert.True(view.TryGetSlice(0x9999, 0, MemoryAccess.All, out GuestSlice slice, out _));
        Assert.True(slice.IsEmpty);
    }

    [Fact]
    public void WritesThroughAView_MarkThePhysicalPages()
    {
        using GuestMemory memory = PieceMemory.Create(0x10000, 0x1000, 4);
        SpaceView view = SpaceView.Of(memory, new GuestRange(0x10800, 0x2000), MemoryAccess.ReadWrite, 0);
        view.Fill(0, 0x900, 1);
        Assert.Equal(PieceMemory.Pages(0x10000, 2), PieceMemory.HarvestDirty(memory));
        view.Read<uint>(0x1000);
        Assert.Empty(PieceMemory.HarvestDirty(memory));
    }
}
