using Xunit;

namespace Lodge.Memory.Tests;

public sealed class FileTransferLargeTests
{
    private const ulong Large = (4UL << 30) + 3;

    [LinuxFact]
    public void LengthAbove4GiB_IsNotCutTo32Bits()
    {
        using GuestMemory memory = GuestMemory.Anonymous(5UL << 30);
        using var file = new ScratchFile([1, 2, 3, 4]);

        // The file has four bytes: what is asked for is far more than it has, and than fits in 32 bits.
        TransferResult result = memory.ReadFrom(8, file.Handle, 0, Large);

        Assert.Equal(new TransferResult(4, default), result);
        Assert.Equal(0x0403_0201U, memory.Read<uint>(8));
        Assert.Equal(0U, memory.Read<uint>(12));
        Assert.Throws<EndOfStreamException>(() => memory.ReadExactlyFrom(0, file.Handle, 0, Large));
    }

    [LinuxFact]
    public void LongRead_InManyWindowsOntoTheSamePages_EndsWithTheLastBytes()
    {
        // All windows lead to the same pages, so that a long read needs little memory.
        const ulong Window = 1UL << 21;
        using GuestMemory physical = GuestMemory.Anonymous(Window);
        var iotlb = new Iotlb();
        for (ulong start = 0; start < 64 * Window; start += Window)
            Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(start, Window), 0, MemoryAccess.All)));

        var memory = new IommuMemory(physical, iotlb);
        using var file = new ScratchFile();
        RandomAccess.SetLength(file.Handle, 64 * (long)Window);
        RandomAccess.Write(file.Handle, [0xab, 0xcd], (64 * (long)Window) - 2);

        Assert.Equal(new TransferResult(64 * Window, default), memory.ReadFrom(0, file.Handle, 0, 64 * Window));
        Assert.Equal(0xcdab, physical.Read<ushort>(Window - 2));
    }

    [LinuxFact]
    public void OffsetAbove4GiB_IsNotCutTo32Bits()
    {
        using GuestMemory memory = PieceMemory.Create(0, 0x1000, 4);
        using var file = new ScratchFile([9, 9, 9]);
        RandomAccess.SetLength(file.Handle, 6L << 30);
        memory.WriteExactly(0xffe, [1, 2, 3, 4]);

        Assert.Equal(new TransferResult(4, default), memory.WriteTo(0xffe, file.Handle, (5L << 30) + 1, 4));
        Assert.Equal(new TransferResult(4, default), memory.ReadFrom(0x1ffe, file.Handle, (5L << 30) + 1, 4));

        Assert.Equal([1, 2, 3, 4], PieceMemory.Read(memory, 0x1ffe, 4));
        var first = new byte[4];
        RandomAccess.Read(file.Handle, first, 0);
        Assert.Equal([9, 9, 9, 0], first);
    }
}
