using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Where the memory of a space goes: taken when it is needed, and given back when it is not.</summary>
public sealed class StageTwoMemoryTests : IDisposable
{
    private const ulong Size = 4 << 20;

    private readonly GuestMemory _host = GuestMemory.Anonymous(Size);
    private readonly WatchfulAllocator _frames = new(0, Size);

    // The tables that were taken for a page which then was not to be had.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void FaultThatRunsOutOfMemory_GivesBackWhatItTook(int allocations)
    {
        using var space = new StageTwoSpace(_host, PageTableFormat.EptFourLevels, _frames);
        space.MapAllocated(new GuestRange(0x100_0000, 0x10_0000), MemoryAccess.All);
        int before = _frames.InUse;
        _frames.Remaining = allocations;

        Assert.False(space.TryHandleFault(0x100_1234, MemoryAccess.Read, out AccessFault fault));
        Assert.Equal(FaultKind.NotPresent, fault.Kind);
        Assert.Equal(before, _frames.InUse);
    }

    public void Dispose() => _host.Dispose();
}
