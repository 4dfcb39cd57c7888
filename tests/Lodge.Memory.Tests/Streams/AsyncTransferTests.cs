using Xunit;

namespace Lodge.Memory.Tests;

public sealed class AsyncTransferTests : IDisposable
{
    private const int Piece = 0x1000;
    private readonly GuestMemory _memory = PieceMemory.Create(0x10000, Piece, 6, 5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _memory.Dispose();

    [Theory]
    [InlineData(3)]
    [InlineData(5000)]
    public async Task ReadFromAsync_AcrossRegions_PutsEveryByteInItsPlace(int mostAtOnce)
    {
        byte[] content = PieceMemory.Bytes(4 * Piece);
        await using var stream = new AwkwardStream(content, mostAtOnce);

        TransferResult result = await _memory.ReadFromAsync(0x10008, stream, 4 * Piece, Stop);

        Assert.Equal(new TransferResult(4 * Piece, default), result);
        Assert.Equal(content, PieceMemory.Read(_memory, 0x10008, 4 * Piece));
        Assert.Equal(PieceMemory.Pages(0x10000, 5), PieceMemory.HarvestDirty(_memory));
    }

    [Fact]
    public async Task ReadFromAsync_AStreamThatEndsEarly_MarksAndReportsWhatItHad()
    {
        await using var stream = new AwkwardStream(PieceMemory.Bytes(Piece + 5), 100);
        Assert.Equal(new TransferResult(Piece + 5, default), await _memory.ReadFromAsync(0x10000, stream, 4 * Piece, Stop));
        Assert.Equal(PieceMemory.Pages(0x10000, 2), PieceMemory.HarvestDirty(_memory));
    }

    [Fact]
    public async Task ReadFromAsync_IntoAHole_EndsThereWithCountAndFault()
    {
        await using var stream = new AwkwardStream(PieceMemory.Bytes(3 * Piece), 100);
        TransferResult result = await _memory.ReadFromAsync(0x14000, stream, 3 * Piece, Stop);
        Assert.Equal((ulong)Piece, result.Bytes);
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x15000, 2 * Piece, MemoryAccess.Write), result.Fault);
    }

    [Fact]
    public async Task WriteToAsync_AcrossRegions_WritesEveryByteInOrder()
    {
        byte[] content = PieceMemory.Bytes(5 * Piece);
        _memory.WriteExactly(0x10000, content);
        PieceMemory.HarvestDirty(_memory);
        await using var stream = new AwkwardStream([], 1);

        TransferResult result = await _memory.WriteToAsync(0x10001, stream, 6 * Piece, Stop);

        Assert.Equal((5UL * Piece) - 1, result.Bytes);
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x15000, Piece + 1, MemoryAccess.Read), result.Fault);
        Assert.Equal(content[1..], stream.Written.ToArray());
        Assert.Empty(PieceMemory.HarvestDirty(_memory));
    }

    [Fact]
    public async Task PastTheTopOfTheAddressSpace_IsAnOverflowFault()
    {
        using GuestMemory top = PieceMemory.Create(ulong.MaxValue - Piece + 1, Piece, 1);
        await using var stream = new AwkwardStream(new byte[64], 64);
        TransferResult result = await top.ReadFromAsync(ulong.MaxValue - 7, stream, 64, Stop);
        Assert.Equal(8UL, result.Bytes);
        Assert.Equal(FaultKind.Overflow, result.Fault.Kind);
        result = await top.WriteToAsync(ulong.MaxValue - 7, stream, 64, Stop);
        Assert.Equal(8UL, result.Bytes);
        Assert.Equal(FaultKind.Overflow, result.Fault.Kind);
    }

    [Fact]
    public async Task Cancellation_EndsTheTransferAndLosesNoDirtyPage()
    {
        using var cancel = new CancellationTokenSource();
        await using var stream = new CancellingStream(cancel, 3 * 64);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _memory.ReadFromAsync(0x10000, stream, 4 * Piece, cancel.Token));

        Assert.Equal(3 * 64, stream.Given);
        Assert.Contains(0x10000UL, PieceMemory.HarvestDirty(_memory));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _memory.WriteToAsync(0x10000, stream, 4 * Piece, cancel.Token));
    }

    private sealed class CancellingStream(CancellationTokenSource cancel, int after) : MemoryStream
    {
        public int Given { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            buffer.Span[..64].Fill(1);
            Given += 64;
            if (Given >= after)
                await cancel.CancelAsync();

            return 64;
        }
    }
}
