using System.Runtime.CompilerServices;

namespace Lodge.Memory;

public sealed unsafe partial class GuestMemory
{
    /// <inheritdoc cref="AddressSpaceExtensions.Read(IAddressSpace, GuestAddress, Span{byte}, out AccessFault)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Read(GuestAddress address, Span<byte> destination, out AccessFault fault)
    {
        if (TryGetRun(_readable, address.Value, (ulong)destination.Length, out byte* pointer))
        {
            new ReadOnlySpan<byte>(pointer, destination.Length).CopyTo(destination);
            GC.KeepAlive(this);
            fault = default;
            return destination.Length;
        }

        return AddressSpaceExtensions.Read(this, address, destination, out fault);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Read(IAddressSpace, GuestAddress, Span{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Read(GuestAddress address, Span<byte> destination) => Read(address, destination, out _);

    /// <inheritdoc cref="AddressSpaceExtensions.TryReadExactly(IAddressSpace, GuestAddress, Span{byte}, out AccessFault)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadExactly(GuestAddress address, Span<byte> destination, out AccessFault fault)
    {
        if (TryGetRun(_readable, address.Value, (ulong)destination.Length, out byte* pointer))
        {
            new ReadOnlySpan<byte>(pointer, destination.Length).CopyTo(destination);
            GC.KeepAlive(this);
            fault = default;
            return true;
        }

        return AddressSpaceExtensions.TryReadExactly(this, address, destination, out fault);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.ReadExactly(IAddressSpace, GuestAddress, Span{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ReadExactly(GuestAddress address, Span<byte> destination)
    {
        if (!TryReadExactly(address, destination, out AccessFault fault))
            Throw(fault);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Write(IAddressSpace, GuestAddress, ReadOnlySpan{byte}, out AccessFault)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Write(GuestAddress address, ReadOnlySpan<byte> source, out AccessFault fault)
    {
        if (TryGetRun(_writable, address.Value, (ulong)source.Length, out byte* pointer))
        {
            source.CopyTo(new Span<byte>(pointer, source.Length));
            GC.KeepAlive(this);
            fault = default;
            return source.Length;
        }

        return AddressSpaceExtensions.Write(this, address, source, out fault);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Write(IAddressSpace, GuestAddress, ReadOnlySpan{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Write(GuestAddress address, ReadOnlySpan<byte> source) => Write(address, source, out _);

    /// <inheritdoc cref="AddressSpaceExtensions.TryWriteExactly(IAddressSpace, GuestAddress, ReadOnlySpan{byte}, out AccessFault)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWriteExactly(GuestAddress address, ReadOnlySpan<byte> source, out AccessFault fault)
    {
        if (TryGetRun(_writable, address.Value, (ulong)source.Length, out byte* pointer))
        {
            source.CopyTo(new Span<byte>(pointer, source.Length));
            GC.KeepAlive(this);
            fault = default;
            return true;
        }

        return AddressSpaceExtensions.TryWriteExactly(this, address, source, out fault);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.WriteExactly(IAddressSpace, GuestAddress, ReadOnlySpan{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteExactly(GuestAddress address, ReadOnlySpan<byte> source)
    {
        if (!TryWriteExactly(address, source, out AccessFault fault))
            Throw(fault);
    }

    /// <summary>The host address of a run of bytes that lies in one granule, if the table has a plain entry for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryGetRun(nint* table, ulong address, ulong length, out byte* pointer)
    {
        ulong offset = address - _windowStart;
        ulong granule = offset >> _shift;

        // First and last byte in the same granule. An empty run has no last byte, and may go either way.
        if (granule < _granules && (offset + length - 1) >> _shift == granule)
        {
            // In bounds: the whole granule lies in one region, which the caller's map keeps.
            nint entry = table[granule];
            pointer = (byte*)(entry + (nint)address);
            return (entry & RegionIndex.None) == 0;
        }

        pointer = null;
        return false;
    }
}
