using Xunit;

namespace Lodge.Memory.Tests;

public sealed class AtomicsTests
{
    [Fact]
    public void CompareExchange_ComparesBytesAndNotNumbers()
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        memory.Write(0, double.NaN);
        Assert.Equal(double.NaN, memory.CompareExchange(0, 1.0, double.NaN));
        Assert.Equal(1.0, memory.Read<double>(0));

        memory.Write(0, -0.0);
        memory.CompareExchange(0, 5.0, 0.0);
        Assert.True(double.IsNegative(memory.Read<double>(0)));
    }

    [Fact]
    public void FetchAdd_Wraps()
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        memory.Write(0, byte.MaxValue);
        Assert.Equal(byte.MaxValue, memory.FetchAdd<byte>(0, 2));
        Assert.Equal(1, memory.Read<byte>(0));
        Assert.Equal(0, memory.Read<byte>(1));
        memory.Write(8, long.MaxValue);
        Assert.Equal(long.MaxValue, memory.FetchAdd(8, 1L));
        Assert.Equal(long.MinValue, memory.Read<long>(8));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void FetchAdd_FromManyThreads_LosesNothing(int size)
    {
        const int Threads = 4;
        const int Rounds = 20_000;
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        IAddressSpace space = memory;
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, thread =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                // Neighbours in the same word, so that an access of the wrong size is seen.
                if (thread % 2 == 0)
                    AddOnMap(memory, size);
                else
                    AddOnSpace(space, size);
            }
        });

        ulong sum = Threads * Rounds;
        ulong mask = size == 8 ? ulong.MaxValue : (1UL << (size * 8)) - 1;
        Assert.Equal(sum & mask, memory.Read<ulong>(8) & mask);
        Assert.Equal(0UL, memory.Read<ulong>(8) & ~mask);
        Assert.Equal(0UL, memory.Read<ulong>(0));
    }

    [Fact]
    public void AFailedCompareExchange_MarksNoPage()
    {
        var dirty = new DirtyBitmap(4096);
        using GuestMemory memory = GuestMemory.Create(MemoryRegion.Anonymous(0, 4096, new RegionOptions { Dirty = dirty }));
        IAddressSpace space = memory;
        memory.CompareExchange(0, 1, 2);
        space.CompareExchange(0, 1, 2);
        Assert.False(dirty.IsMarked(0));
        memory.CompareExchange(0, 1, 0);
        Assert.True(dirty.IsMarked(0));
    }

    [Fact]
    public void ARegionInTheMiddleOfAValue_IsAStraddle()
    {
        using GuestMemory memory = GuestMemory.Create(MemoryRegion.Anonymous(0, 4), MemoryRegion.Anonymous(4, 4));
        Assert.True(memory.TryRead<ulong>(0, out _, out _));
        Assert.False(memory.TryLoad<ulong>(0, out _, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Straddles, 0, 8, MemoryAccess.Read), fault);
        Assert.Equal(FaultKind.Straddles, memory.StoreU64(0, 1));
        Assert.Equal(FaultKind.None, memory.StoreU32(4, 1));
    }

    private static void AddOnMap(GuestMemory memory, int size)
    {
        switch (size)
        {
            case 1:
                memory.FetchAdd<byte>(8, 1);
                break;
            case 2:
                memory.FetchAdd<ushort>(8, 1);
                break;
            case 4:
                memory.FetchAdd<uint>(8, 1);
                break;
            default:
                memory.FetchAdd<ulong>(8, 1);
                break;
        }
    }

    private static void AddOnSpace(IAddressSpace space, int size)
    {
        switch (size)
        {
            case 1:
                space.FetchAdd<byte>(8, 1);
                break;
            case 2:
                space.FetchAdd<ushort>(8, 1);
                break;
            case 4:
                space.FetchAdd<uint>(8, 1);
                break;
            default:
                space.FetchAdd<ulong>(8, 1);
                break;
        }
    }
}
