using Xunit;

namespace Lodge.Memory.Tests;

public sealed class CopyTests
{
    private const int Seed = 1601;

    [Fact]
    public void Copy_BetweenTwoMapsOfTheSameRegions_IsAsIfReadFirst()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 400; i++)
        {
            // Regions that touch, each with memory of its own; the second map has them at the same addresses, and one more.
            ulong[] sizes = [4096, (ulong)random.Next(1, 5000), (ulong)random.Next(1, 100), (ulong)random.Next(1, 9000)];
            ulong total = 0;
            var regions = new List<MemoryRegion>();
            foreach (ulong size in sizes)
            {
                regions.Add(MemoryRegion.Anonymous(total, size));
                total += size;
            }

            using GuestMemory first = GuestMemory.Create([.. regions]);
            using GuestMemory second = first.With(MemoryRegion.Anonymous(1 << 30, 4096));
            byte[] content = new byte[total];
            random.NextBytes(content);
            first.WriteExactly(0, content);

            int length = random.Next(1, (int)total);
            int from = random.Next((int)total - length + 1);
            int to = random.Next((int)total - length + 1);
            content.AsSpan(from, length).CopyTo(content.AsSpan(to));
            first.Copy((ulong)from, second, (ulong)to, (ulong)length);

            byte[] actual = new byte[total];
            first.ReadExactly(0, actual);
            int wrong = actual.AsSpan().CommonPrefixLength(content);
            Assert.True(
                wrong == content.Length,
                $"seed {Seed}, case {i}: {length} bytes from {from} to {to} over regions of {string.Join(", ", sizes)}: wrong from byte {wrong} on");
        }
    }

    [Fact]
    public void Copy_BetweenViewsThatMoveTheSameSpace_IsAsIfReadFirst()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 400; i++)
        {
            int size = random.Next(2, 20_000);
            using GuestMemory memory = GuestMemory.Create(
                MemoryRegion.Anonymous(0, (ulong)(size / 2)), MemoryRegion.Anonymous((ulong)(size / 2), (ulong)(size - (size / 2))));
            SpaceView moved = SpaceView.Of(memory, new GuestRange(0, (ulong)size), MemoryAccess.All, 1UL << 40);
            byte[] content = new byte[size];
            random.NextBytes(content);
            memory.WriteExactly(0, content);

            int length = random.Next(1, size);
            int from = random.Next(size - length + 1);
            int to = random.Next(size - length + 1);
            content.AsSpan(from, length).CopyTo(content.AsSpan(to));
            if (i % 2 == 0)
                memory.Copy((ulong)from, moved, (1UL << 40) + (ulong)to, (ulong)length);
            else
                moved.Copy((1UL << 40) + (ulong)from, memory, (ulong)to, (ulong)length);

            byte[] actual = new byte[size];
            memory.ReadExactly(0, actual);
            Assert.True(actual.AsSpan().SequenceEqual(content), $"seed {Seed}, case {i}: {length} bytes from {from} to {to} of {size}");
        }
    }

    [Theory]
    [InlineData(0UL, ulong.MaxValue, FaultKind.Unmapped, 4096UL, MemoryAccess.Read)]
    [InlineData(ulong.MaxValue, 2UL, FaultKind.Unmapped, ulong.MaxValue, MemoryAccess.Read)]
    public void Copy_OfLengthsThatNothingHas_NamesTheFirstMissingByte(
        ulong from, ulong length, FaultKind kind, ulong address, MemoryAccess access)
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        Assert.False(memory.TryCopy(from, 0, length, out AccessFault fault));
        Assert.Equal((kind, new GuestAddress(address), access), (fault.Kind, fault.Address, fault.Access));
    }

    [Fact]
    public void Copy_ToWhereWritingIsForbidden_NamesTheDestination()
    {
        using GuestMemory memory = GuestMemory.Create(
            MemoryRegion.Anonymous(0, 4096), MemoryRegion.Anonymous(4096, 4096, RegionOptions.ReadOnly));
        Assert.False(memory.TryCopy(0, 4000, 100, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Permission, 4096, 4, MemoryAccess.Write, MemoryAccess.ReadExecute), fault);
        Assert.Equal(0, memory.Read<int>(4000));
    }

    [Fact]
    public void Copy_OfNothing_Succeeds()
    {
        using GuestMemory memory = GuestMemory.Anonymous(4096);
        Assert.True(memory.TryCopy(ulong.MaxValue, 1 << 20, 0, out AccessFault fault));
        Assert.Equal(default, fault);
    }
}
