using Xunit;

namespace Lodge.Memory.Tests;

public sealed class LiveGuestMemoryTests
{
    [Fact]
    public void Replace_GivesTheOldMapAndLeavesItAsItWas()
    {
        using GuestMemory first = GuestMemory.Anonymous(0x1000);
        using GuestMemory second = GuestMemory.Anonymous(0x2000);
        first.Write(0, 1);
        var live = new LiveGuestMemory(first);

        Assert.Same(first, live.Replace(second));
        Assert.Same(second, live.Current);
        Assert.Equal(1, first.Read<int>(0));
        Assert.Equal(0, live.Read<int>(0x1ffc));
    }

    [Fact]
    public void Space_IsTheMapOfTheMoment()
    {
        using MemoryRegion region = MemoryRegion.Anonymous(0x1000, 0x1000);
        var live = new LiveGuestMemory(GuestMemory.Empty);
        Assert.False(live.TryRead(0x1000, out int _, out AccessFault fault));
        Assert.Equal(FaultKind.Unmapped, fault.Kind);

        live.Update(map => map.With(region));
        Assert.True(live.TryWrite(0x1000, 7, out fault));
        live.Update(map => map.Without(region.Range));

        Assert.False(live.TryRead(0x1000, out int _, out fault));
        Assert.Equal(7, region.GetHostSlice().Read<int>(0));
    }

    [Fact]
    public void Update_ByManyThreads_LosesNoChange()
    {
        const int Threads = 4;
        const int Each = 25;
        var live = new LiveGuestMemory(GuestMemory.Empty);
        Parallel.For(0, Threads, thread =>
        {
            for (int i = 0; i < Each; i++)
            {
                MemoryRegion region = MemoryRegion.Anonymous((ulong)((thread * Each) + i) << 16, 0x1000);
                live.Update(map => map.With(region));
            }
        });

        Assert.Equal(Threads * Each, live.Current.Regions.Length);
        live.Current.Dispose();
    }

    [Fact]
    public void Misuse_IsRefused()
    {
        var live = new LiveGuestMemory(GuestMemory.Empty);

        Assert.Throws<ArgumentNullException>(() => new LiveGuestMemory(null!));
        Assert.Throws<ArgumentNullException>(() => live.Replace(null!));
        Assert.Throws<ArgumentNullException>(() => live.Update(null!));
        Assert.Throws<ArgumentNullException>(() => live.Update(_ => null!));
    }
}
