namespace Lodge.Memory;

public static partial class AddressSpaceExtensions
{
    /// <summary>Copies bytes from one space to another or, where some cannot be read or written, none.</summary>
    /// <param name="source">The space to read.</param>
    /// <param name="from">The first address to read.</param>
    /// <param name="destination">The space to write, which may be the same.</param>
    /// <param name="to">The first address to write.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="fault">What was wrong; its access tells on which side.</param>
    /// <remarks>The ranges may overlap, also through different spaces over the same regions: the result is as if the bytes were
    /// first read and then written. What that cannot hold for is memory that is there more than once, in another order or through
    /// another mapping: then the copy is made piece by piece, in descending order if the destination begins inside the
    /// source.</remarks>
    public static bool TryCopy(
        this IAddressSpace source,
        GuestAddress from,
        IAddressSpace destination,
        GuestAddress to,
        ulong length,
        out AccessFault fault)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        if (!source.IsAccessible(from, length, MemoryAccess.Read, out fault)
            || !destination.IsAccessible(to, length, MemoryAccess.Write, out fault))
        {
            return false;
        }

        return length == 0 || (IsBackward(source, from, destination, to, length)
            ? TryCopyBackward(source, from, destination, to, length, out fault)
            : TryCopyForward(source, from, destination, to, length, out fault));
    }

    /// <summary>Copies bytes within a space or, where some cannot be read or written, none. The ranges may overlap.</summary>
    /// <inheritdoc cref="TryCopy(IAddressSpace, GuestAddress, IAddressSpace, GuestAddress, ulong, out AccessFault)"/>
    public static bool TryCopy(this IAddressSpace source, GuestAddress from, GuestAddress to, ulong length, out AccessFault fault)
        => source.TryCopy(from, source, to, length, out fault);

    /// <summary>Copies bytes from one space to another. The ranges may overlap.</summary>
    /// <inheritdoc cref="TryCopy(IAddressSpace, GuestAddress, IAddressSpace, GuestAddress, ulong, out AccessFault)"/>
    /// <exception cref="GuestMemoryException">Some cannot be read or written; none was copied.</exception>
    public static void Copy(
        this IAddressSpace source, GuestAddress from, IAddressSpace destination, GuestAddress to, ulong length)
    {
        if (!source.TryCopy(from, destination, to, length, out AccessFault fault))
            Throw(fault);
    }

    /// <summary>Copies bytes within a space. The ranges may overlap.</summary>
    /// <inheritdoc cref="TryCopy(IAddressSpace, GuestAddress, IAddressSpace, GuestAddress, ulong, out AccessFault)"/>
    /// <exception cref="GuestMemoryException">Some cannot be read or written; none was copied.</exception>
    public static void Copy(this IAddressSpace source, GuestAddress from, GuestAddress to, ulong length)
        => source.Copy(from, source, to, length);

    // Backward where the destination begins inside the source. Where both lie in the host is what counts: the same memory may be in
    // two spaces, and at two addresses of one.
    private static unsafe bool IsBackward(
        IAddressSpace source, GuestAddress from, IAddressSpace destination, GuestAddress to, ulong length)
    {
        if (!GuestSlices.TryGetSlice(destination, to, length, MemoryAccess.Write, out GuestSlice first, out _))
            return false;

        GuestSlices slices = source.GetSlices(from, length, MemoryAccess.Read);
        while (slices.MoveNext())
        {
            ulong distance = (ulong)first.Pointer - (ulong)slices.Current.Pointer;
            if (distance < slices.Current.Length)
                return slices.Offset + distance != 0;
        }

        return false;
    }

    private static bool TryCopyForward(
        IAddressSpace source, GuestAddress from, IAddressSpace destination, GuestAddress to, ulong length, out AccessFault fault)
    {
        for (ulong done = 0; done < length;)
        {
            if (!GuestSlices.TryGetSlice(source, from + done, length - done, MemoryAccess.Read, out GuestSlice read, out fault)
                || !GuestSlices.TryGetSlice(destination, to + done, read.Length, MemoryAccess.Write, out GuestSlice write, out fault))
            {
                return false;
            }

            Move(read.Slice(0, write.Length), write);
            done += write.Length;
        }

        fault = default;
        return true;
    }

    // Slices are found from their start, so pieces cannot be gone through from the end. Where there is more than one, chunks are
    // taken from the end, each read as a whole before it is written.
    private static bool TryCopyBackward(
        IAddressSpace source, GuestAddress from, IAddressSpace destination, GuestAddress to, ulong length, out AccessFault fault)
    {
        if (!GuestSlices.TryGetSlice(source, from, length, MemoryAccess.Read, out GuestSlice read, out fault)
            || !GuestSlices.TryGetSlice(destination, to, length, MemoryAccess.Write, out GuestSlice write, out fault))
        {
            return false;
        }

        if (read.Length == length && write.Length == length)
        {
            Move(read, write);
            return true;
        }

        const int ChunkSize = 4096;
        Span<byte> buffer = stackalloc byte[ChunkSize];
        for (ulong end = length; end > 0;)
        {
            Span<byte> chunk = buffer[..(int)Math.Min(end, ChunkSize)];
            end -= (ulong)chunk.Length;
            if (!source.TryReadExactly(from + end, chunk, out fault) || !destination.TryWriteExactly(to + end, chunk, out fault))
                return false;
        }

        return true;
    }

    private static unsafe void Move(GuestSlice from, GuestSlice to)
    {
        // In bounds: both have to.Length bytes; overlap within a piece is the memory move's affair.
        Buffer.MemoryCopy(from.Pointer, to.Pointer, to.Length, to.Length);
        to.MarkDirty();
        GC.KeepAlive(from.Owner);
        GC.KeepAlive(to.Owner);
    }
}
