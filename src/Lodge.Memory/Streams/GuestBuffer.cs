using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Lodge.Memory;

/// <summary>A piece of guest memory as <see cref="Memory{T}"/>, for code that keeps it over an <c>await</c>.</summary>
/// <remarks>
/// <para>The memory keeps the guest's region mapped for as long as anybody holds it, also after this object is disposed. A
/// <see cref="Span{T}"/> taken from it does not: hold the memory, or this object, for as long as the span is used.</para>
/// <para>Writes through it are marked in the region's dirty bitmap by <see cref="MarkWritten"/>, or all of it by
/// <see cref="Dispose"/>. A harvest between a write and its mark misses the write until the mark comes.</para>
/// </remarks>
public sealed unsafe class GuestBuffer : IMemoryOwner<byte>
{
    private readonly RegionMemory _memory;
    private readonly bool _isReadable;
    private readonly bool _isWritable;
    private bool _isMarked;

    private GuestBuffer(MemoryRegion owner, byte* pointer, int length, MemoryAccess access)
    {
        _memory = new RegionMemory(owner, pointer, length);
        _isReadable = (access & MemoryAccess.Read) != 0;
        _isWritable = (access & MemoryAccess.Write) != 0;
    }

    /// <summary>The length in bytes.</summary>
    public int Length => _memory.Length;

    /// <summary>The bytes, to write, and to read if the buffer was leased for both.</summary>
    /// <exception cref="InvalidOperationException">The buffer was leased for reading only.</exception>
    public Memory<byte> Memory
        => _isWritable ? _memory.Memory : throw new InvalidOperationException("The buffer was leased for reading.");

    /// <summary>The bytes, to read.</summary>
    /// <exception cref="InvalidOperationException">The buffer was leased for writing only.</exception>
    public ReadOnlyMemory<byte> ReadOnlyMemory
        => _isReadable ? _memory.Memory : throw new InvalidOperationException("The buffer was leased for writing.");

    /// <summary>Leases the longest contiguous piece that starts at an address.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">The first address.</param>
    /// <param name="length">How many bytes are wanted; at least 1.</param>
    /// <param name="access">Reading, or reading and writing where writing is part of it.</param>
    /// <param name="buffer">The piece: at least one byte, fewer than wanted where memory is in pieces.</param>
    /// <param name="fault">What is wrong with the first byte.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1.</exception>
    public static bool TryLease(
        IAddressSpace space,
        GuestAddress address,
        int length,
        MemoryAccess access,
        [NotNullWhen(true)] out GuestBuffer? buffer,
        out AccessFault fault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        return TryLease(space, address, 0, (ulong)length, access, out buffer, out fault);
    }

    /// <summary>Marks the first bytes as written.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer, or the count is negative.</exception>
    public void MarkWritten(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length);
        _isMarked = true;
        if (count != 0 && _memory.Owner.IsTracked)
            _memory.Owner.MarkDirty(_memory.Pointer, (ulong)count);
    }

    /// <summary>Ends the lease. Unless <see cref="MarkWritten"/> said otherwise, all of a writable buffer counts as
    /// written.</summary>
    public void Dispose()
    {
        if (_isWritable && !_isMarked)
            MarkWritten(Length);
    }

    /// <summary>As the public one, for a part of a longer range.</summary>
    internal static bool TryLease(
        IAddressSpace space,
        GuestAddress address,
        ulong offset,
        ulong length,
        MemoryAccess access,
        [NotNullWhen(true)] out GuestBuffer? buffer,
        out AccessFault fault)
    {
        ArgumentNullException.ThrowIfNull(space);
        buffer = null;
        if (!address.TryAdd(offset, out GuestAddress first))
        {
            fault = new AccessFault(FaultKind.Overflow, address, length, access);
            return false;
        }

        ulong wanted = Math.Min(length - offset, GuestSlice.LargestSpan);
        if (!GuestSlices.TryGetSlice(space, first, wanted, access, out GuestSlice slice, out fault))
            return false;

        buffer = new GuestBuffer(slice.Owner!, slice.Pointer, (int)slice.Length, access);
        return true;
    }

    private sealed class RegionMemory(MemoryRegion owner, byte* pointer, int length) : MemoryManager<byte>
    {
        public MemoryRegion Owner => owner;

        public byte* Pointer => pointer;

        public int Length => length;

        // In bounds: a slice of this length was granted there. The owner keeps it mapped.
        public override Span<byte> GetSpan() => new(pointer, length);

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, length);

            // Whoever pins may hand the address to something that the garbage collector cannot see.
            bool added = false;
            owner.Mapping.SafeHandle.DangerousAddRef(ref added);
            return new MemoryHandle(pointer + elementIndex, pinnable: this);
        }

        public override void Unpin() => owner.Mapping.SafeHandle.DangerousRelease();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
