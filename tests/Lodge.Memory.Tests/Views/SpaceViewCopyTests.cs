using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>Copies whose ranges overlap although they are named by different spaces or addresses.</summary>
public sealed class SpaceViewCopyTests : IDisposable
{
    private const int Size = 0x6000;

    // Small touching regions: no copy of more than a few bytes is one piece.
    private readonly GuestMemory _pieces = PieceMemory.Create(0, 0x600, 16);
    private readonly GuestMemory _whole = GuestMemory.Anonymous(Size);

    public void Dispose()
    {
        _pieces.Dispose();
        _whole.Dispose();
    }

    [Theory]
    [InlineData(0, 8, 0x5000)]
    [InlineData(8, 0, 0x5000)]
    [InlineData(0x100, 0x1108, 0x4000)]
    [InlineData(0x1108, 0x100, 0x4000)]
    [InlineData(0x1000, 0x1001, 0x2345)]
    [InlineData(0x1001, 0x1000, 0x2345)]
    [InlineData(0x1000, 0x1000, 0x2000)]
    public void OverlappingCopies_BetweenASpaceAndViewsOfIt_AreAsIfReadFirst(int from, int to, int length)
    {
        foreach (GuestMemory memory in (GuestMemory[])[_pieces, _whole])
        {
            SpaceView low = SpaceView.Of(memory, new GuestRange(0, Size), MemoryAccess.All);
            SpaceView high = SpaceView.Of(memory, new GuestRange(0, Size), MemoryAccess.All, 0x7_0000_0000);
            SpaceView nested = SpaceView.Of(high, new GuestRange(0x7_0000_0000, Size), MemoryAccess.All, 0x10);
            (IAddressSpace Space, ulong Base)[] names = [(memory, 0), (low, 0), (high, 0x7_0000_0000), (nested, 0x10)];
            foreach ((IAddressSpace source, ulong sourceBase) in names)
            {
                foreach ((IAddressSpace destination, ulong destinationBase) in names)
                {
                    byte[] expected = PieceMemory.Bytes(Size);
                    memory.WriteExactly(0, expected);
                    expected.AsSpan(from, length).CopyTo(expected.AsSpan(to));

                    source.Copy(sourceBase + (ulong)from, destination, destinationBase + (ulong)to, (ulong)length);

                    Assert.Equal(expected, PieceMemory.Read(memory, 0, Size));
                }
            }
        }
    }

    [Fact]
    public void RandomOverlappingCopies_BetweenRebasedViews_AreAsIfReadFirst()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        byte[] expected = PieceMemory.Bytes(Size);
        _pieces.WriteExactly(0, expected);
        for (int round = 0; round < 400; round++)
        {
            (SpaceView source, int sourceStart) = RandomView(random);
            (SpaceView destination, int destinationStart) = RandomView(random);
            int from = random.Next((int)source.Range.Length);
            int to = random.Next((int)destination.Range.Length);
            int length = random.Next(Math.Min((int)source.Range.Length - from, (int)destination.Range.Length - to) + 1);

            source.Copy(source.Range.Start + (ulong)from, destination, destination.Range.Start + (ulong)to, (ulong)length);

            expected.AsSpan(sourceStart + from, length).CopyTo(expected.AsSpan(destinationStart + to));
            if (!expected.AsSpan().SequenceEqual(PieceMemory.Read(_pieces, 0, Size)))
                Assert.Fail($"seed {seed}, round {round}: 0x{length:x} bytes from {source} +0x{from:x} to {destination} +0x{to:x}");
        }
    }

    [Fact]
    public void CopyThatAViewDoesNotAllow_DoesNothing()
    {
        byte[] before = PieceMemory.Bytes(Size);
        _pieces.WriteExactly(0, before);
        SpaceView readOnly = SpaceView.Of(_pieces, new GuestRange(0, Size), MemoryAccess.Read);
        SpaceView narrow = SpaceView.Of(_pieces, new GuestRange(0, 0x1000), MemoryAccess.All, 0x8000);

        Assert.False(_pieces.TryCopy(0, readOnly, 0x1000, 0x1000, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Permission, 0x1000, 0x1000, MemoryAccess.Write, MemoryAccess.Read), fault);
        Assert.False(narrow.TryCopy(0x8800, readOnly, 0, 0x801, out fault));
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x9000, 1, MemoryAccess.Read), fault);
        Assert.Equal(before, PieceMemory.Read(_pieces, 0, Size));
    }

    private (SpaceView View, int Start) RandomView(Random random)
    {
        int start = random.Next(Size - 8) & ~7;
        int length = random.Next(1, Size - start + 1);
        ulong newStart = (ulong)random.NextInt64(1L << 50) * 8;
        return (SpaceView.Of(_pieces, new GuestRange((ulong)start, (ulong)length), MemoryAccess.All, newStart), start);
    }
}
