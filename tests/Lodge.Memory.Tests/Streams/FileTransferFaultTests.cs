using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class FileTransferFaultTests
{
    private const int Piece = 0x1000;
    private const ulong TopTwo = ulong.MaxValue - (2 * Piece) + 1;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(18)]
    public void ReadFrom_IntoAHole_EndsThereWithCountAndFault(int hole)
    {
        using GuestMemory memory = PieceMemory.Create(0x10000, Piece, 20, hole);
        byte[] content = PieceMemory.Bytes(20 * Piece);
        using var file = new ScratchFile(content);

        TransferResult result = memory.ReadFrom(0x10000, file.Handle, 0, 20 * Piece);

        ulong done = (ulong)hole * Piece;
        Assert.Equal(done, result.Bytes);
        Assert.True(result.IsFault);
        Assert.Equal(
            new AccessFault(FaultKind.Unmapped, 0x10000 + done, (20 * Piece) - done, MemoryAccess.Write), result.Fault);
        Assert.Equal(PieceMemory.Pages(0x10000, hole), PieceMemory.HarvestDirty(memory));
        Assert.Equal(content[..(int)done], PieceMemory.Read(memory, 0x10000, (int)done));
    }

    [Fact]
    public void ReadFrom_AFileThatEndsBeforeTheHole_IsNoFault()
    {
        using GuestMemory memory = PieceMemory.Create(0x10000, Piece, 3, 2);
        using var file = new ScratchFile(PieceMemory.Bytes(Piece + 5));
        Assert.Equal(new TransferResult(Piece + 5, default), memory.ReadFrom(0x10000, file.Handle, 0, 3 * Piece));
    }

    [Fact]
    public void ReadFrom_IntoReadOnlyMemory_IsAPermissionFaultAndNoSignal()
    {
        using GuestMemory memory = GuestMemory.Create(
            MemoryRegion.Anonymous(0, Piece), MemoryRegion.Anonymous(Piece, Piece, RegionOptions.ReadOnly));
        using var file = new ScratchFile(PieceMemory.Bytes(2 * Piece));

        TransferResult result = memory.ReadFrom(0, file.Handle, 0, 2 * Piece);

        Assert.Equal(Piece, (int)result.Bytes);
        Assert.Equal(
            new AccessFault(FaultKind.Permission, Piece, Piece, MemoryAccess.Write, MemoryAccess.ReadExecute), result.Fault);
        Assert.All(PieceMemory.Read(memory, Piece, Piece), static b => Assert.Equal(0, b));
    }

    [Fact]
    public void ExactForms_WithAHole_DoNothing()
    {
        using GuestMemory memory = PieceMemory.Create(0x10000, Piece, 20, 19);
        using var file = new ScratchFile(PieceMemory.Bytes(20 * Piece));
        using var other = new ScratchFile();

        AccessFault fault = Assert.Throws<GuestMemoryException>(
            () => memory.ReadExactlyFrom(0x10000, file.Handle, 0, 20 * Piece)).Fault;
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x10000 + (19 * Piece), Piece, MemoryAccess.Write), fault);
        Assert.Throws<GuestMemoryException>(() => memory.WriteExactlyTo(0x10000, other.Handle, 0, 20 * Piece));

        Assert.Empty(PieceMemory.HarvestDirty(memory));
        Assert.All(PieceMemory.Read(memory, 0x10000, 19 * Piece), static b => Assert.Equal(0, b));
        Assert.Empty(other.Content);
    }

    [Fact]
    public void WriteTo_FromAHole_EndsThereWithCountAndFault()
    {
        using GuestMemory memory = PieceMemory.Create(0x10000, Piece, 20, 17);
        using var file = new ScratchFile();
        TransferResult result = memory.WriteTo(0x10800, file.Handle, 0, 19 * Piece);
        Assert.Equal((17UL * Piece) - 0x800, result.Bytes);
        Assert.Equal(0x10000UL + (17 * Piece), result.Fault.Address.Value);
        Assert.Equal((17 * Piece) - 0x800, file.Content.Length);
    }

    [Fact]
    public void ReadFrom_PastTheTopOfTheAddressSpace_IsAnOverflowFaultAndNoException()
    {
        using GuestMemory memory = PieceMemory.Create(TopTwo, Piece, 2);
        using var file = new ScratchFile(PieceMemory.Bytes(4 * Piece));

        TransferResult result = memory.ReadFrom(ulong.MaxValue - 0xf, file.Handle, 0, 0x20);

        Assert.Equal(0x10UL, result.Bytes);
        Assert.Equal(FaultKind.Overflow, result.Fault.Kind);
    }

    [Fact]
    public void WriteTo_PastTheTopOfTheAddressSpace_IsAnOverflowFaultAndNoException()
    {
        using GuestMemory memory = PieceMemory.Create(TopTwo, Piece, 2);
        using var file = new ScratchFile();

        TransferResult result = memory.WriteTo(ulong.MaxValue - 0xf, file.Handle, 0, 0x20);

        Assert.Equal(0x10UL, result.Bytes);
        Assert.Equal(FaultKind.Overflow, result.Fault.Kind);
    }

    [Fact]
    public void ReadFrom_UpToTheTopOfTheAddressSpace_IsDone()
    {
        using GuestMemory memory = PieceMemory.Create(TopTwo, Piece, 2);
        using var file = new ScratchFile(PieceMemory.Bytes(2 * Piece));
        memory.ReadExactlyFrom(TopTwo, file.Handle, 0, 2 * Piece);
        Assert.Equal(PieceMemory.Bytes(2 * Piece), PieceMemory.Read(memory, TopTwo, 2 * Piece));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void FileOfTheWrongKind_IsTheHostsAffair(int pieces)
    {
        using GuestMemory memory = PieceMemory.Create(0, Piece, 4);
        using var file = new ScratchFile(PieceMemory.Bytes(4 * Piece));
        using SafeFileHandle readOnly = file.Open(FileAccess.Read);
        using SafeFileHandle writeOnly = file.Open(FileAccess.Write);
        ulong length = (ulong)pieces * Piece;

        Exception? read = Record.Exception(() => memory.ReadFrom(0, writeOnly, 0, length));
        Exception? write = Record.Exception(() => memory.WriteTo(0, readOnly, 0, length));

        Assert.True(read is IOException or UnauthorizedAccessException, $"{read}");
        Assert.True(write is IOException or UnauthorizedAccessException, $"{write}");
        if (OperatingSystem.IsLinux())
        {
            Assert.IsType<IOException>(read);
            Assert.Contains("error 9", read.Message, StringComparison.Ordinal);
            Assert.IsType<IOException>(write);
        }

        Assert.Empty(PieceMemory.HarvestDirty(memory));
    }

    [Fact]
    public void ClosedFile_IsMisuse()
    {
        using GuestMemory memory = PieceMemory.Create(0, Piece, 4);
        var file = new ScratchFile([1]);
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => memory.ReadFrom(0, file.Handle, 0, 8));
        Assert.Throws<ObjectDisposedException>(() => memory.WriteTo(0, file.Handle, 0, 2 * Piece));
    }

    [Fact]
    public void ArgumentsThatNoFileHas_AreMisuse()
    {
        using GuestMemory memory = PieceMemory.Create(0, Piece, 1);
        using var file = new ScratchFile([1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.ReadFrom(0, file.Handle, -1, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.ReadFrom(0, file.Handle, 0, ulong.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.WriteTo(0, file.Handle, long.MaxValue, 1));
        Assert.Throws<ArgumentNullException>(() => memory.ReadFrom(0, (SafeFileHandle)null!, 0, 1));
    }
}
