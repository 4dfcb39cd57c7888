using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Areas: made, cut, given other rights, and gone.</summary>
public sealed class StageTwoAreasTests : IDisposable
{
    private const ulong Size = 4 << 20;

    private readonly GuestMemory _host = GuestMemory.Anonymous(Size);
    private readonly WatchfulAllocator _frames = new(0, Size);

    // Any format will do, also one whose addresses go up to the last.
    [Fact]
    public void Dispose_WithAnAreaThatEndsAtTheLastAddress_LeavesNoArea()
    {
        var space = new StageTwoSpace(_host, PageTableFormat.X64FourLevels, _frames);
        space.MapAllocated(new GuestRange(ulong.MaxValue - 0xfff, 0x1000), MemoryAccess.ReadWrite);
        space.Dispose();

        Assert.Empty(space.Areas);
        Assert.False(space.TryHandleFault(ulong.MaxValue, MemoryAccess.Read, out AccessFault fault));
        Assert.Equal(FaultKind.Unmapped, fault.Kind);
        Assert.Equal(0, _frames.InUse);
        Assert.Equal("", _frames.Problems);
    }

    // With hardware that keeps dirty states, a page that is clean and read-only cannot be said.
    [Fact]
    public void Protect_ThatOneOfTheAreasCannotHave_ChangesNothing()
    {
        PageTableFormat format = PageTableFormat.AArch64Stage2(
            new AArch64Stage2Options { HardwareAccessFlag = true, HardwareDirty = true });
        using var space = new StageTwoSpace(_host, format, _frames);
        PageAttributes writable = new(format.RightsFor(MemoryAccess.ReadWrite), format.OrdinaryMemory);
        space.MapAllocated(new GuestRange(0x10_0000, 0x1000), writable, isLazy: false);
        space.MapAllocated(new GuestRange(0x10_1000, 0x1000), writable with { IsDirty = false }, isLazy: false);
        IReadOnlyList<SpaceArea> before = space.Areas;

        Assert.Throws<ArgumentException>(() => space.Protect(new GuestRange(0x10_0000, 0x2000), MemoryAccess.Read));
        Assert.Equal(before, space.Areas);
        Assert.True(space.TryWrite(0x10_0000, 1UL, out AccessFault fault), fault.ToString());
    }

    public void Dispose() => _host.Dispose();
}
