using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Where addresses of each kind of area lead, what is cut out of areas, and what faults say.</summary>
public sealed class StageTwoTranslateTests : IDisposable
{
    private const ulong Size = 8 << 20;
    private const ulong FramesEnd = 4 << 20;

    private readonly GuestMemory _host = GuestMemory.Anonymous(Size);
    private readonly WatchfulAllocator _frames = new(0, FramesEnd);
    private readonly StageTwoSpace _space;

    public StageTwoTranslateTests() => _space = new StageTwoSpace(_host, PageTableFormat.EptFourLevels, _frames);

    [Theory]
    [InlineData(0)]
    [InlineData(0x4321)]
    [InlineData(0x7fff)]
    public void Linear_LeadsOnToItsEnd(ulong offset)
    {
        _space.MapLinear(new GuestRange(0x10_0000, 0x8000), FramesEnd + 0x3000, MemoryAccess.ReadWrite);
        Assert.True(_space.TryTranslate(0x10_0000 + offset, MemoryAccess.Read, out StageTwoTranslation found, out _));
        Assert.Equal(new StageTwoTranslation(FramesEnd + 0x3000 + offset, 0x8000 - offset, 0x8000 - offset), found);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x4321)]
    [InlineData(0x7fff)]
    public void Lazy_LeadsToItsPageAndTellsTheAreasRest(ulong offset)
    {
        _space.MapAllocated(new GuestRange(0x10_0000, 0x8000), MemoryAccess.ReadWrite);
        Assert.True(_space.TryTranslate(0x10_0000 + offset, MemoryAccess.Read, out StageTwoTranslation found, out _));
        Assert.Equal((0x1000 - (offset & 0xfff), 0x8000 - offset), (found.Contiguous, found.Remaining));
        _host.Write(found.Target, (byte)0x77);
        Assert.Equal(0x77, _space.Read<byte>(0x10_0000 + offset));
    }

    // Pages that lead on in the other area are another area's all the same.
    [Fact]
    public void NeighbouringAreas_EndWhereTheyEnd()
    {
        _space.MapLinear(new GuestRange(0x10_0000, 0x1000), FramesEnd, MemoryAccess.Read);
        _space.MapLinear(new GuestRange(0x10_1000, 0x1000), FramesEnd + 0x1000, MemoryAccess.Read);
        Assert.True(_space.TryTranslate(0x10_0800, MemoryAccess.Read, out StageTwoTranslation found, out _));
        Assert.Equal(new StageTwoTranslation(FramesEnd + 0x800, 0x800, 0x800), found);

        // As a whole they are one piece.
        var targets = new GuestRange[2];
        Assert.True(_space.TryTranslate(new GuestRange(0x10_0800, 0x1000), MemoryAccess.Read, targets, out int count, out _));
        Assert.Equal((1, new GuestRange(FramesEnd + 0x800, 0x1000)), (count, targets[0]));
    }

    [Fact]
    public void TooFewTargets_TellHowManyAreNeeded()
    {
        for (ulong i = 0; i < 5; i++)
            _space.MapLinear(new GuestRange(0x10_0000 + (i * 0x1000), 0x1000), FramesEnd + (i * 0x3000), MemoryAccess.Read);

        var range = new GuestRange(0x10_0800, 0x4000);
        var targets = new GuestRange[5];
        Assert.False(_space.TryTranslate(range, MemoryAccess.Read, targets.AsSpan(0, 4), out int count, out AccessFault fault));
        Assert.Equal((5, FaultKind.None), (count, fault.Kind));
        Assert.True(_space.TryTranslate(range, MemoryAccess.Read, targets, out count, out _));
        Assert.Equal(range.Length, (ulong)targets.Sum(target => (long)target.Length));
        Assert.Equal(
            [FramesEnd + 0x800, FramesEnd + 0x3000, FramesEnd + 0x6000, FramesEnd + 0x9000, FramesEnd + 0xc000],
            targets.Select(target => target.Start.Value));

        Assert.False(_space.TryTranslate(new GuestRange(0x10_4000, 0x2000), MemoryAccess.Read, targets, out count, out fault));
        Assert.Equal((0, 0x10_5000UL), (count, fault.Address.Value));
        Assert.False(_space.TryTranslate(range, MemoryAccess.Write, targets, out count, out fault));
        Assert.Equal((0, FaultKind.Permission, range.Start), (count, fault.Kind, fault.Address));
        Assert.True(_space.TryTranslate(new GuestRange(0x10_0000, 0), MemoryAccess.Read, [], out count, out _));
    }

    [Theory]
    [InlineData(0x10_0000, 0x1000, "101000+7000")]
    [InlineData(0x10_3000, 0x1000, "100000+3000 104000+4000")]
    [InlineData(0x10_7000, 0x1000, "100000+7000")]
    [InlineData(0x0f_0000, 0x2_0000, "")]
    public void Unmap_SplitsTheArea(ulong start, ulong length, string left)
    {
        _space.MapLinear(new GuestRange(0x10_0000, 0x8000), FramesEnd, MemoryAccess.ReadWrite);
        _space.Unmap(new GuestRange(start, length));
        Assert.Equal(left, string.Join(' ', _space.Areas.Select(area => $"{area.Range.Start.Value:x}+{area.Range.Length:x}")));
        for (ulong page = 0x10_0000; page < 0x10_8000; page += 0x1000)
        {
            bool isThere = !new GuestRange(start, length).Contains(page);
            bool found = _space.TryTranslate(page, MemoryAccess.Read, out StageTwoTranslation where, out AccessFault fault);
            Assert.Equal(isThere, found);
            Assert.Equal(isThere ? FramesEnd + page - 0x10_0000 : 0, where.Target.Value);
            Assert.Equal(isThere ? FaultKind.None : FaultKind.Unmapped, fault.Kind);
        }

        Assert.All(_space.Areas, area => Assert.Equal(FramesEnd + (area.Range.Start.Value - 0x10_0000), area.Target.Value));
    }

    // Large pages of an area are split where only a part of it goes.
    [Fact]
    public void Unmap_AcrossAreasOfLargePages_KeepsTheRest()
    {
        using GuestMemory host = GuestMemory.Anonymous(16 << 20);
        var frames = new WatchfulAllocator(0, 16 << 20);
        var space = new StageTwoSpace(host, PageTableFormat.EptFourLevels, frames);
        space.MapLinear(new GuestRange(0, 0x20_0000), 0, MemoryAccess.Read);
        space.MapAllocated(new GuestRange(0x20_0000, 0x20_0000), MemoryAccess.ReadWrite, isLazy: false);
        space.Write(0x3f_fff8, 77UL);
        space.Unmap(new GuestRange(0x1f_f000, 0x2000));

        Assert.False(space.TryHandleFault(0x1f_f000, MemoryAccess.Read, out _));
        Assert.False(space.TryHandleFault(0x20_0fff, MemoryAccess.Read, out _));
        Assert.True(space.TryTranslate(0x1f_efff, MemoryAccess.Read, out StageTwoTranslation below, out _));
        Assert.Equal(0x1f_efffUL, below.Target.Value);
        Assert.Equal(77UL, space.Read<ulong>(0x3f_fff8));
        space.Dispose();
        Assert.Equal((0, ""), (frames.InUse, frames.Problems));
    }

    [Fact]
    public void Faults_SayWhatIsThere()
    {
        _space.MapAllocated(new GuestRange(0x10_0000, 0x1000), MemoryAccess.Read);
        Assert.False(_space.TryHandleFault(0x0f_ffff, MemoryAccess.Read, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x0f_ffff, 1, MemoryAccess.Read), fault);
        Assert.False(_space.TryHandleFault(0x10_0010, MemoryAccess.Write, out fault));
        Assert.Equal((FaultKind.Permission, MemoryAccess.Read), (fault.Kind, fault.Allowed));
        for (int i = 0; i < 3; i++)
            Assert.True(_space.TryHandleFault(0x10_0010, MemoryAccess.Read, out _));

        Assert.False(_space.TryWrite(0x10_0010, 1UL, out fault));
        Assert.Equal((FaultKind.Permission, 0x10_0010UL), (fault.Kind, fault.Address.Value));
    }

    // An image is loaded where the guest may not write; pages that are not there yet come.
    [Fact]
    public void Owner_WritesWhatTheGuestMayNot()
    {
        _space.MapAllocated(new GuestRange(0x10_0000, 0x4000), MemoryAccess.ReadExecute);
        byte[] image = new byte[0x2345];
        new Random(1).NextBytes(image);
        _space.Owner.ReadExactlyFrom(0x10_0800, new MemoryStream(image), (ulong)image.Length);
        byte[] read = new byte[image.Length];
        _space.ReadExactly(0x10_0800, read);
        Assert.Equal(image, read);
        _space.Owner.Write(0x10_0ffc, 5UL);
        Assert.Equal(5UL, _space.Read<ulong>(0x10_0ffc));
        Assert.False(_space.TryWrite(0x10_0800, 1UL, out _));
        Assert.False(_space.Owner.TryWrite(0x10_4000, 1UL, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x10_4000, 8, MemoryAccess.Write), fault);
    }

    [Fact]
    public void Overlaps_AreRefused()
    {
        _space.MapAllocated(new GuestRange(0x10_0000, 0x4000), MemoryAccess.ReadWrite);
        int inUse = _frames.InUse;
        foreach (ulong start in (ulong[])[0x0f_d000, 0x0f_f000, 0x10_1000, 0x10_3000])
        {
            var range = new GuestRange(start, 0x4000);
            Assert.Throws<ArgumentException>(() => _space.MapAllocated(range, MemoryAccess.Read));
            Assert.Throws<ArgumentException>(() => _space.MapAllocated(range, MemoryAccess.Read, isLazy: false));
            Assert.Throws<ArgumentException>(() => _space.MapLinear(range, FramesEnd, MemoryAccess.Read));
        }

        Assert.Single(_space.Areas);
        Assert.Equal(inUse, _frames.InUse);
    }

    [Fact]
    public void LargeLazyArea_CostsNothing()
    {
        int before = _frames.InUse;
        _space.MapAllocated(new GuestRange(1UL << 40, 1UL << 46), MemoryAccess.ReadWrite);
        Assert.Equal(before, _frames.InUse);
        _space.Write((1UL << 46) + 0x123, 9UL);
        Assert.Equal(9UL, _space.Read<ulong>((1UL << 46) + 0x123));
        Assert.InRange(_frames.InUse, before + 1, before + 4);
    }

    public void Dispose()
    {
        _space.Dispose();
        Assert.Equal((0, ""), (_frames.InUse, _frames.Problems));
        _host.Dispose();
    }
}
