using System.IO.Pipelines;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class PipeTransferTests : IDisposable
{
    private const int Piece = 0x1000;
    private readonly GuestMemory _memory = PieceMemory.Create(0x10000, Piece, 6, 5);
    private readonly Pipe _pipe = new(new PipeOptions(minimumSegmentSize: 256, useSynchronizationContext: false));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _memory.Dispose();

    [Fact]
    public async Task PipeOfManySegments_ToMemoryAndBack_KeepsEveryByte()
    {
        byte[] content = PieceMemory.Bytes(4 * Piece);
        _memory.WriteExactly(0x10000, content);
        using GuestMemory other = PieceMemory.Create(0x7000, Piece, 5);

        ValueTask<TransferResult> writing = _memory.WriteToAsync(0x10000, _pipe.Writer, 4 * Piece, Stop);
        TransferResult read = await other.ReadFromAsync(0x7123, _pipe.Reader, 4 * Piece, Stop);
        TransferResult written = await writing;

        Assert.Equal(new TransferResult(4 * Piece, default), read);
        Assert.Equal(new TransferResult(4 * Piece, default), written);
        Assert.Equal(content, PieceMemory.Read(other, 0x7123, 4 * Piece));
        Assert.Equal(PieceMemory.Pages(0x7000, 5), PieceMemory.HarvestDirty(other));
    }

    [Fact]
    public async Task ReadFromAsync_APipeThatCompletesEarly_ReportsWhatItHad()
    {
        await Fill(777);
        await _pipe.Writer.CompleteAsync();
        Assert.Equal(new TransferResult(777, default), await _memory.ReadFromAsync(0x10000, _pipe.Reader, 4 * Piece, Stop));
        Assert.Equal(PieceMemory.Bytes(777), PieceMemory.Read(_memory, 0x10000, 777));
    }

    [Fact]
    public async Task ReadFromAsync_LessThanThePipeHas_LeavesTheRestInIt()
    {
        await Fill(3000);
        Assert.Equal(new TransferResult(1000, default), await _memory.ReadFromAsync(0x10000, _pipe.Reader, 1000, Stop));
        ReadResult rest = await _pipe.Reader.ReadAsync(Stop);
        Assert.Equal(2000, rest.Buffer.Length);
        Assert.Equal(PieceMemory.Bytes(3000)[1000], rest.Buffer.FirstSpan[0]);
    }

    [Fact]
    public async Task ReadFromAsync_IntoAHole_LeavesInThePipeWhatDidNotFit()
    {
        await Fill(3000);
        TransferResult result = await _memory.ReadFromAsync(0x15000 - 600, _pipe.Reader, 3000, Stop);
        Assert.Equal(600UL, result.Bytes);
        Assert.Equal(FaultKind.Unmapped, result.Fault.Kind);
        Assert.Equal(0x15000UL, result.Fault.Address.Value);
        ReadResult rest = await _pipe.Reader.ReadAsync(Stop);
        Assert.Equal(2400, rest.Buffer.Length);
        Assert.Equal(PieceMemory.Bytes(3000)[600], rest.Buffer.FirstSpan[0]);
    }

    [Fact]
    public async Task ReadFromAsync_WaitingForAPipe_CanBeCancelledBothWays()
    {
        using var cancel = new CancellationTokenSource();
        ValueTask<TransferResult> first = _memory.ReadFromAsync(0x10000, _pipe.Reader, 64, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await first);

        ValueTask<TransferResult> second = _memory.ReadFromAsync(0x10000, _pipe.Reader, 64, Stop);
        _pipe.Reader.CancelPendingRead();
        Assert.Equal(default, await second);
    }

    [Fact]
    public async Task WriteToAsync_WhoseReaderIsGone_Ends()
    {
        await _pipe.Reader.CompleteAsync();
        TransferResult result = await _memory.WriteToAsync(0x10000, _pipe.Writer, 5 * Piece, Stop);
        Assert.False(result.IsFault);
        Assert.True(result.Bytes < 5 * Piece, "nobody reads it, so it should not all be copied");
    }

    [Fact]
    public async Task WriteToAsync_FromAHole_WritesWhatLiesBefore()
    {
        TransferResult result = await _memory.WriteToAsync(0x15000 - 100, _pipe.Writer, 300, Stop);
        Assert.Equal(100UL, result.Bytes);
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x15000, 200, MemoryAccess.Read), result.Fault);
        ReadResult written = await _pipe.Reader.ReadAsync(Stop);
        Assert.Equal(100, written.Buffer.Length);
    }

    [Fact]
    public async Task PastTheTopOfTheAddressSpace_IsAnOverflowFault()
    {
        using GuestMemory top = PieceMemory.Create(ulong.MaxValue - Piece + 1, Piece, 1);
        await Fill(64);
        TransferResult result = await top.ReadFromAsync(ulong.MaxValue - 7, _pipe.Reader, 64, Stop);
        Assert.Equal(8UL, result.Bytes);
        Assert.Equal(FaultKind.Overflow, result.Fault.Kind);
        result = await top.WriteToAsync(ulong.MaxValue - 7, _pipe.Writer, 64, Stop);
        Assert.Equal(8UL, result.Bytes);
        Assert.Equal(FaultKind.Overflow, result.Fault.Kind);
    }

    private async Task Fill(int count)
    {
        byte[] bytes = PieceMemory.Bytes(count);
        for (int done = 0; done < count; done += 250)
            await _pipe.Writer.WriteAsync(bytes.AsMemory(done, Math.Min(250, count - done)), Stop);
    }
}
