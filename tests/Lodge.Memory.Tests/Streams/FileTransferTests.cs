using Xunit;

namespace Lodge.Memory.Tests;

public sealed class FileTransferTests : IDisposable
{
    private const int Piece = 0x1000;
    private readonly GuestMemory _memory = PieceMemory.Create(0x10000, Piece, 40);

    public void Dispose() => _memory.Dispose();

    [Theory]
    [InlineData(0x10000UL, 8)]
    [InlineData(0x10007UL, Piece - 7)]
    [InlineData(0x10fffUL, 2)]
    [InlineData(0x10800UL, 3 * Piece)]
    [InlineData(0x10001UL, (16 * Piece) + 1)]
    [InlineData(0x10001UL, (40 * Piece) - 2)]
    public void ReadFrom_AcrossRegions_PutsEveryByteInItsPlace(ulong address, int length)
    {
        byte[] content = PieceMemory.Bytes(length + 100);
        using var file = new ScratchFile(content);

        TransferResult result = _memory.ReadFrom(address, file.Handle, 50, (ulong)length);

        Assert.Equal(new TransferResult((ulong)length, default), result);
        Assert.False(result.IsFault);
        Assert.Equal(content[50..(50 + length)], PieceMemory.Read(_memory, address, length));
    }

    [Theory]
    [InlineData(0x10000UL, 8)]
    [InlineData(0x10800UL, 3 * Piece)]
    [InlineData(0x10001UL, (40 * Piece) - 2)]
    public void WriteTo_AcrossRegions_PutsEveryByteInItsPlace(ulong address, int length)
    {
        byte[] content = PieceMemory.Bytes(length);
        _memory.WriteExactly(address, content);
        PieceMemory.HarvestDirty(_memory);
        using var file = new ScratchFile([1, 2, 3, 4, 5]);

        Assert.Equal(new TransferResult((ulong)length, default), _memory.WriteTo(address, file.Handle, 3, (ulong)length));

        Assert.Equal([1, 2, 3, .. content], file.Content[..(length + 3)]);
        Assert.Empty(PieceMemory.HarvestDirty(_memory));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Piece - 1)]
    [InlineData(Piece)]
    [InlineData(Piece + 1)]
    [InlineData((16 * Piece) + 5)]
    [InlineData((17 * Piece) - 1)]
    public void ReadFrom_AFileThatComesUpShortAcrossRegions_LeavesNoHoleAndReportsWhatItDid(int available)
    {
        byte[] content = PieceMemory.Bytes(available);
        using var file = new ScratchFile(content);
        _memory.Fill(0x10000, 20 * Piece, 0xcc);
        PieceMemory.HarvestDirty(_memory);

        TransferResult result = _memory.ReadFrom(0x10000, file.Handle, 0, 20 * Piece);

        Assert.Equal(new TransferResult((ulong)available, default), result);
        Assert.Equal(PieceMemory.Pages(0x10000, (available + Piece - 1) / Piece), PieceMemory.HarvestDirty(_memory));
        Assert.Equal(content, PieceMemory.Read(_memory, 0x10000, available));
        Assert.All(PieceMemory.Read(_memory, 0x10000 + (ulong)available, 100), static b => Assert.Equal(0xcc, b));
    }

    [Fact]
    public void ReadFrom_BehindTheFilesEnd_DoesNothing()
    {
        using var file = new ScratchFile([1, 2, 3]);
        Assert.Equal(default, _memory.ReadFrom(0x10000, file.Handle, 3, 8));
        Assert.Equal(default, _memory.ReadFrom(0x10000, file.Handle, 1L << 40, 8));
        Assert.Empty(PieceMemory.HarvestDirty(_memory));
    }

    [Fact]
    public void ReadExactlyFrom_AFileThatEndsEarly_ThrowsAfterWhatItHad()
    {
        using var file = new ScratchFile(PieceMemory.Bytes(Piece + 10));
        Assert.Throws<EndOfStreamException>(() => _memory.ReadExactlyFrom(0x10000, file.Handle, 0, 2 * Piece));
        Assert.Equal(PieceMemory.Bytes(Piece + 10), PieceMemory.Read(_memory, 0x10000, Piece + 10));
    }

    [Fact]
    public void ExactForms_DoAllOfIt()
    {
        byte[] content = PieceMemory.Bytes(20 * Piece);
        using var file = new ScratchFile(content);
        _memory.ReadExactlyFrom(0x10010, file.Handle, 0, 20 * Piece);
        Assert.Equal(content, PieceMemory.Read(_memory, 0x10010, 20 * Piece));

        using var copy = new ScratchFile();
        _memory.WriteExactlyTo(0x10010, copy.Handle, 0, 20 * Piece);
        Assert.Equal(content, copy.Content);
    }

    [Fact]
    public void Nothing_IsReadAndWrittenAnywhere()
    {
        using var file = new ScratchFile([1]);
        Assert.Equal(default, _memory.ReadFrom(0xdead_0000, file.Handle, 0, 0));
        Assert.Equal(default, _memory.WriteTo(ulong.MaxValue, file.Handle, 0, 0));
        _memory.ReadExactlyFrom(0xdead_0000, file.Handle, 0, 0);
        Assert.Equal([1], file.Content);
    }

    [Fact]
    public void Transfers_OnTheUsualPath_AllocateNothing()
    {
        using var file = new ScratchFile(PieceMemory.Bytes(20 * Piece));
        Allocations.AssertNone(() =>
        {
            _memory.ReadFrom(0x10000, file.Handle, 0, 20 * Piece);
            _memory.WriteTo(0x10000, file.Handle, 0, 20 * Piece);
        });
    }
}
