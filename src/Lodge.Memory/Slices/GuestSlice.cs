using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>A leased window of a guest's memory: where the bytes lie in the host, how many they are, and what may be
/// done.</summary>
/// <remarks>
/// <para>A slice lives on the stack and keeps its memory mapped for as long as it is used. Offsets into it are the host's own
/// choice, so a wrong one is an <see cref="ArgumentOutOfRangeException"/> and no guest fault; using it in a way that was not
/// granted is an <see cref="InvalidOperationException"/>. Writes mark the region's dirty bitmap.</para>
/// <para>The guest may change the bytes at any time. Aligned accesses of 1, 2, 4 and 8 bytes are single accesses; longer ones
/// promise no order.</para>
/// </remarks>
public readonly unsafe ref struct GuestSlice
{
    private readonly byte* _pointer;
    private readonly ulong _length;
    private readonly MemoryRegion? _owner;
    private readonly MemoryAccess _access;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal GuestSlice(byte* pointer, ulong length, MemoryRegion? owner, MemoryAccess access)
    {
        _pointer = pointer;
        _length = length;
        _owner = owner;
        _access = access;
    }

    /// <summary>The length in bytes.</summary>
    public ulong Length => _length;

    /// <summary>Whether it has no bytes.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>What may be done with it.</summary>
    public MemoryAccess Access => _access;

    /// <summary>The host address of the first byte. Valid only while the slice is still used afterwards; writes through it
    /// mark no dirty page.</summary>
    public nint DangerousAddress => (nint)_pointer;

    internal byte* Pointer => _pointer;

    internal MemoryRegion? Owner => _owner;

    /// <summary>Reads a value.</summary>
    /// <param name="offset">Where, in bytes from the slice's start.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie in the slice.</exception>
    /// <exception cref="InvalidOperationException">The slice was not granted for reading.</exception>
    /// <exception cref="NotSupportedException">The type is not plain data (<see cref="PlainData"/>).</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Read<T>(ulong offset) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        byte* pointer = At(offset, (ulong)sizeof(T), MemoryAccess.Read);
        T value = HostCell.Read<T>(pointer);
        GC.KeepAlive(_owner);
        return value;
    }

    /// <summary>Writes a value.</summary>
    /// <param name="offset">Where, in bytes from the slice's start.</param>
    /// <param name="value">What.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie in the slice.</exception>
    /// <exception cref="InvalidOperationException">The slice was not granted for writing.</exception>
    /// <exception cref="NotSupportedException">The type is not plain data (<see cref="PlainData"/>).</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write<T>(ulong offset, T value) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        byte* pointer = At(offset, (ulong)sizeof(T), MemoryAccess.Write);
        HostCell.Write(pointer, value);
        MarkDirty(pointer, (ulong)sizeof(T));
        GC.KeepAlive(_owner);
    }

    /// <summary>Copies bytes out of the slice.</summary>
    /// <param name="offset">Where they start, in bytes from the slice's start.</param>
    /// <param name="destination">Where they go; all of it is filled.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie in the slice.</exception>
    /// <exception cref="InvalidOperationException">The slice was not granted for reading.</exception>
    public void CopyTo(ulong offset, Span<byte> destination)
    {
        byte* pointer = At(offset, (ulong)destination.Length, MemoryAccess.Read);
        new ReadOnlySpan<byte>(pointer, destination.Length).CopyTo(destination);
        GC.KeepAlive(_owner);
    }

    /// <summary>Copies bytes into the slice.</summary>
    /// <param name="offset">Where they go, in bytes from the slice's start.</param>
    /// <param name="source">The bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not fit in the slice.</exception>
    /// <exception cref="InvalidOperationException">The slice was not granted for writing.</exception>
    public void CopyFrom(ulong offset, ReadOnlySpan<byte> source)
    {
        byte* pointer = At(offset, (ulong)source.Length, MemoryAccess.Write);
        source.CopyTo(new Span<byte>(pointer, source.Length));
        MarkDirty(pointer, (ulong)source.Length);
        GC.KeepAlive(_owner);
    }

    /// <summary>Fills the whole slice with one byte.</summary>
    /// <exception cref="InvalidOperationException">The slice was not granted for writing.</exception>
    public void Fill(byte value)
    {
        byte* pointer = At(0, _length, MemoryAccess.Write);
        for (ulong done = 0; done < _length; done += LargestSpan)
            new Span<byte>(pointer + done, (int)Math.Min(_length - done, LargestSpan)).Fill(value);

        MarkDirty(pointer, _length);
        GC.KeepAlive(_owner);
    }

    /// <summary>Finds the first place of a byte; false where it does not occur.</summary>
    /// <exception cref="InvalidOperationException">The slice was not granted for reading.</exception>
    public bool TryIndexOf(byte value, out ulong index)
    {
        byte* pointer = At(0, _length, MemoryAccess.Read);
        for (ulong done = 0; done < _length; done += LargestSpan)
        {
            int found = new ReadOnlySpan<byte>(pointer + done, (int)Math.Min(_length - done, LargestSpan)).IndexOf(value);
            if (found >= 0)
            {
                GC.KeepAlive(_owner);
                index = done + (ulong)found;
                return true;
            }
        }

        GC.KeepAlive(_owner);
        index = 0;
        return false;
    }

    /// <summary>A part of the slice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie in the slice.</exception>
    public GuestSlice Slice(ulong offset, ulong length)
        => new(At(offset, length, MemoryAccess.None), length, _owner, _access);

    /// <summary>A part of the slice, from <paramref name="offset"/> to its end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The offset is behind the slice's end.</exception>
    public GuestSlice Slice(ulong offset) => Slice(offset, offset <= _length ? _length - offset : 0);

    /// <summary>The slice's bytes, of which there may be at most 2 GiB − 1. The span does not keep the memory mapped: use the
    /// slice after the span's last use. Writes through it mark no dirty page: <see cref="MarkDirty()"/>.</summary>
    /// <exception cref="InvalidOperationException">The slice is longer than a span can be, or was not granted for
    /// writing.</exception>
    public Span<byte> DangerousGetSpan()
    {
        byte* pointer = At(0, _length, MemoryAccess.Write);
        return new Span<byte>(pointer, SpanLength());
    }

    /// <summary>As <see cref="DangerousGetSpan"/>, for slices that may only be read.</summary>
    /// <exception cref="InvalidOperationException">The slice is longer than a span can be, or was not granted for
    /// reading.</exception>
    public ReadOnlySpan<byte> DangerousGetReadOnlySpan()
    {
        byte* pointer = At(0, _length, MemoryAccess.Read);
        return new ReadOnlySpan<byte>(pointer, SpanLength());
    }

    /// <summary>Marks the whole slice as written, after writes that went past this type.</summary>
    public void MarkDirty() => MarkDirty(_pointer, _length);

    internal const ulong LargestSpan = 1 << 30;

    /// <summary>What is granted where nothing was asked for.</summary>
    internal static GuestSlice Empty(MemoryAccess access) => new(null, 0, null, access);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MarkDirty(byte* pointer, ulong length)
    {
        MemoryRegion? owner = _owner;
        if (owner is not null && owner.IsTracked)
            owner.MarkDirty(pointer, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* At(ulong offset, ulong length, MemoryAccess access)
    {
        if (length > _length || offset > _length - length)
            ThrowOutside(offset, length, _length);

        if ((_access & access) != access)
            ThrowNotGranted(access, _access);

        return _pointer + offset;
    }

    private int SpanLength()
        => _length <= int.MaxValue
            ? (int)_length
            : throw new InvalidOperationException($"A span ends at 2 GiB, and the slice has {_length} bytes: take parts of it.");

    // Static: an instance method would take the slice's address, and with that keep it out of registers.
    [DoesNotReturn]
    private static void ThrowOutside(ulong offset, ulong length, ulong sliceLength)
        => throw new ArgumentOutOfRangeException(
            nameof(offset), offset, $"{length} bytes at offset {offset} do not lie in a slice of {sliceLength} bytes.");

    [DoesNotReturn]
    private static void ThrowNotGranted(MemoryAccess access, MemoryAccess granted)
        => throw new InvalidOperationException($"The slice was granted for {granted}, not for {access}.");
}
