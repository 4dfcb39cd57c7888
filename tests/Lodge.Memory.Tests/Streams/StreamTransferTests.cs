using Xunit;

namespace Lodge.Memory.Tests;

public sealed class StreamTransferTests
{
    private const int Piece = 0x1000;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(Piece)]
    [InlineData(int.MaxValue)]
    public void ReadFrom_AStreamThatGivesALittleAtATime_ReadsAllOfIt(int mostAtOnce)
    {
        using GuestMemory memory = PieceMemory.Create(0x10000, Piece, 4);
        byte[] content = PieceMemory.Bytes(3 * Piece);
        using var stream = new AwkwardStream(content, mostAtOnce);

        Assert.Equal(new TransferResult(3 * Piece, default), memory.ReadFrom(0x10010, stream, 3 * Piece));

        Assert.Equal(content, PieceMemory.Read(memory, 0x10010, 3 * Piece));
        Assert.Equal(PieceMemory.Pages(0x10000, 4), PieceMemory.HarvestDirty(memory));
    }

    [Fact]
    public void ReadFrom_AStreamThatEndsEarly_MarksAndReportsWhatItHad()
    {
        using GuestMemory memory = PieceMemory.Create(0x10000, Piece, 4);
        using var stream = new AwkwardStream(PieceMemory.Bytes(Piece + 5), 64);

        Assert.Equal(new TransferResult(Piece + 5, default), memory.ReadFrom(0x10000, stream, 4 * Piece));

        Assert.Equal(PieceMemory.Pages(0x10000, 2), PieceMemory.HarvestDirty(memory));
        using var again = new AwkwardStream(PieceMemory.Bytes(Piece + 5), 64);
        Assert.Throws<EndOfStreamException>(() => memory.ReadExactlyFrom(0x10000, again, 4 * Piece));
    }

    [Fact]
    public void ReadFrom_IntoAHole_LeavesTheRestInTheStream()
    {
        using GuestMemory memory = PieceMemory.Create(0x10000, Piece, 3, 1);
        using var stream = new MemoryStream(PieceMemory.Bytes(3 * Piece));

        TransferResult result = memory.ReadFrom(0x10800, stream, 2 * Piece);

        Assert.Equal(0x800UL, result.Bytes);
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x11000, 0x1800, MemoryAccess.Write), result.Fault);
        Assert.Equal(0x800, stream.Position);
    }

    [Fact]
    public void WriteTo_AcrossRegionsAndIntoAHole_WritesWhatIsThere()
    {
        using GuestMemory memory = PieceMemory.Create(0x10000, Piece, 3, 2);
        byte[] content = PieceMemory.Bytes(2 * Piece);
        memory.WriteExactly(0x10000, content);
        using var stream = new AwkwardStream([], 1);

        TransferResult result = memory.WriteTo(0x10010, stream, 3 * Piece);

        Assert.Equal((2UL * Piece) - 0x10, result.Bytes);
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x12000, Piece + 0x10, MemoryAccess.Read), result.Fault);
        Assert.Equal(content[0x10..], stream.Written.ToArray());
    }

    [Fact]
    public void ExactForms_WithAHole_TouchNeitherSide()
    {
        using GuestMemory memory = PieceMemory.Create(0x10000, Piece, 3, 2);
        using var stream = new MemoryStream(PieceMemory.Bytes(3 * Piece));
        Assert.Throws<GuestMemoryException>(() => memory.ReadExactlyFrom(0x10000, stream, 3 * Piece));
        Assert.Equal(0, stream.Position);
        Assert.Throws<GuestMemoryException>(() => memory.WriteExactlyTo(0x10000, stream, 3 * Piece));
        Assert.Equal(0, stream.Position);
        Assert.Empty(PieceMemory.HarvestDirty(memory));
    }

    [Fact]
    public void ReadFrom_AStreamThatFailsInTheMiddle_LosesNoDirtyPage()
    {
        using GuestMemory memory = PieceMemory.Create(0x10000, Piece, 3);
        using var stream = new AwkwardStream(PieceMemory.Bytes(3 * Piece), Piece, failAt: Piece + 1);

        Assert.Throws<IOException>(() => memory.ReadFrom(0x10000, stream, 3 * Piece));

        // The stream had put bytes in the second page before it failed.
        Assert.NotEqual(0, memory.Read<byte>(0x11000));
        Assert.Equal(PieceMemory.Pages(0x10000, 2), PieceMemory.HarvestDirty(memory));
    }

    [Fact]
    public void ReadFrom_PastTheTopOfTheAddressSpace_IsAnOverflowFault()
    {
        using GuestMemory memory = PieceMemory.Create(ulong.MaxValue - Piece + 1, Piece, 1);
        using var stream = new MemoryStream(new byte[64]);
        TransferResult result = memory.ReadFrom(ulong.MaxValue - 7, stream, 64);
        Assert.Equal(8UL, result.Bytes);
        Assert.Equal(FaultKind.Overflow, result.Fault.Kind);
    }

    [Fact]
    public void StreamThatClaimsMoreThanItWasGiven_IsMisuseAndMovesNothingPastTheSlice()
    {
        using GuestMemory memory = PieceMemory.Create(0, Piece, 2);
        using var stream = new LyingStream();
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.ReadFrom(0, stream, 16));
        Assert.Empty(PieceMemory.HarvestDirty(memory));
    }

    private sealed class LyingStream : MemoryStream
    {
        public override int Read(Span<byte> buffer) => buffer.Length + 1;
    }
}
