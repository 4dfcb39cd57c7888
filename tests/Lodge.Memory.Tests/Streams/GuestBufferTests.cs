using System.Buffers;
using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class GuestBufferTests
{
    private const int Piece = 0x1000;

    [Fact]
    public void Lease_IsTheMemoryItself()
    {
        using GuestMemory memory = PieceMemory.Create(0x10000, Piece, 2);
        using GuestBuffer buffer = Lease(memory, 0x10010, 64, MemoryAccess.ReadWrite);
        buffer.Memory.Span[3] = 0xaa;
        Assert.Equal(0xaa, memory.Read<byte>(0x10013));
        memory.Write(0x10014, (byte)0xbb);
        Assert.Equal(0xbb, buffer.ReadOnlyMemory.Span[4]);
        Assert.Equal(64, buffer.Length);
        Assert.Equal(64, buffer.Memory.Length);
    }

    [Fact]
    public void Lease_EndsWhereThePieceDoes()
    {
        using GuestMemory memory = PieceMemory.Create(0x10000, Piece, 2);
        using GuestBuffer buffer = Lease(memory, 0x10ff0, 64, MemoryAccess.Read);
        Assert.Equal(16, buffer.Length);
    }

    [Fact]
    public void Lease_OfWhatIsNotThereOrNotAllowed_IsAFault()
    {
        using GuestMemory memory = GuestMemory.Create(MemoryRegion.Anonymous(0, Piece, RegionOptions.ReadOnly));
        Assert.False(GuestBuffer.TryLease(memory, Piece, 8, MemoryAccess.Read, out GuestBuffer? buffer, out AccessFault fault));
        Assert.Null(buffer);
        Assert.Equal(new AccessFault(FaultKind.Unmapped, Piece, 8, MemoryAccess.Read), fault);
        Assert.False(GuestBuffer.TryLease(memory, 0, 8, MemoryAccess.ReadWrite, out _, out fault));
        Assert.Equal(FaultKind.Permission, fault.Kind);
        Assert.Throws<ArgumentOutOfRangeException>(() => GuestBuffer.TryLease(memory, 0, 0, MemoryAccess.Read, out _, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => GuestBuffer.TryLease(memory, 0, -1, MemoryAccess.Read, out _, out _));
    }

    [Fact]
    public void LeaseForReading_GivesNoWritableMemory()
    {
        using GuestMemory memory = PieceMemory.Create(0, Piece, 1);
        using GuestBuffer buffer = Lease(memory, 0, 8, MemoryAccess.Read);
        Assert.Throws<InvalidOperationException>(() => buffer.Memory);
        Assert.Equal(8, buffer.ReadOnlyMemory.Length);
    }

    [Fact]
    public void Dispose_MarksAllOfAWritableBufferUnlessItWasSaidWhatWasWritten()
    {
        using GuestMemory memory = PieceMemory.Create(0, 4 * Piece, 1);
        Lease(memory, 0x800, 2 * Piece, MemoryAccess.ReadWrite).Dispose();
        Assert.Equal(PieceMemory.Pages(0, 3), PieceMemory.HarvestDirty(memory));

        GuestBuffer part = Lease(memory, 0x800, 2 * Piece, MemoryAccess.Write);
        part.MarkWritten(0x801);
        part.Dispose();
        Assert.Equal(PieceMemory.Pages(0, 2), PieceMemory.HarvestDirty(memory));

        GuestBuffer nothing = Lease(memory, 0x800, 2 * Piece, MemoryAccess.Write);
        nothing.MarkWritten(0);
        nothing.Dispose();
        Lease(memory, 0, Piece, MemoryAccess.Read).Dispose();
        Assert.Empty(PieceMemory.HarvestDirty(memory));
    }

    [Fact]
    public void MarkWritten_OfMoreThanThereIs_IsMisuse()
    {
        using GuestMemory memory = PieceMemory.Create(0, Piece, 1);
        using GuestBuffer buffer = Lease(memory, 0, 8, MemoryAccess.Write);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.MarkWritten(9));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.MarkWritten(-1));
    }

    [Fact]
    public void Memory_HeldAcrossCollections_KeepsTheRegionMapped()
    {
        Memory<byte> memory = MemoryOfAForgottenGuest(out WeakReference<GuestMemory> guest);
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(guest.TryGetTarget(out _), "the map itself should be gone, or this shows nothing");
        Assert.Equal(0x77, memory.Span[0]);
        memory.Span.Fill(1);
        Assert.Equal(1, memory.Span[^1]);
    }

    [Fact]
    public void Memory_OfADisposedGuest_IsSafeToUse()
    {
        GuestMemory memory = GuestMemory.Anonymous(Piece);
        memory.Write(0, 0x77U);
        using GuestBuffer buffer = Lease(memory, 0, Piece, MemoryAccess.ReadWrite);
        memory.Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        if (OperatingSystem.IsLinux())
            Assert.All(buffer.Memory.ToArray(), static b => Assert.Equal(0, b));

        buffer.Memory.Span.Fill(9);
        Assert.Equal(9, buffer.Memory.Span[^1]);
    }

    [Fact]
    public unsafe void Pin_GivesTheGuestsOwnAddressAndHoldsTheMapping()
    {
        var mapping = HostMapping.Anonymous(Piece);
        GuestMemory memory = GuestMemory.Create(MemoryRegion.FromMapping(0, mapping, 0, Piece));
        GuestBuffer buffer = Lease(memory, 16, 64, MemoryAccess.ReadWrite);
        MemoryHandle handle = buffer.Memory[8..].Pin();
        Assert.Equal(mapping.DangerousAddress + 24, (nint)handle.Pointer);

        // Closing releases the range, but not under a pin: without it, this write would kill the process.
        mapping.SafeHandle.Dispose();
        *(byte*)handle.Pointer = 5;
        Assert.Equal(5, buffer.Memory.Span[8]);

        handle.Dispose();
        GC.KeepAlive(mapping);
    }

    [Fact]
    public void Pin_OutsideTheBuffer_IsMisuse()
    {
        using GuestMemory memory = PieceMemory.Create(0, Piece, 1);
        using GuestBuffer buffer = Lease(memory, 0, 64, MemoryAccess.ReadWrite);
        Memory<byte> bytes = buffer.Memory;
        Assert.Throws<ArgumentOutOfRangeException>(() => bytes[65..].Pin());
        using MemoryHandle end = bytes[64..].Pin();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Memory<byte> MemoryOfAForgottenGuest(out WeakReference<GuestMemory> guest)
    {
        GuestMemory memory = GuestMemory.Anonymous(1 << 20);
        memory.Write(0x100, (byte)0x77);
        guest = new WeakReference<GuestMemory>(memory);
        return Lease(memory, 0x100, 4096, MemoryAccess.ReadWrite).Memory;
    }

    private static GuestBuffer Lease(IAddressSpace space, ulong address, int length, MemoryAccess access)
    {
        Assert.True(GuestBuffer.TryLease(space, address, length, access, out GuestBuffer? buffer, out AccessFault fault), fault.ToString());
        return buffer;
    }
}
