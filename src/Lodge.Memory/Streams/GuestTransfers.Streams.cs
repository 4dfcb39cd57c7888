namespace Lodge.Memory;

public static partial class GuestTransfers
{
    /// <summary>Reads from a stream into memory, until all is read or the stream ends.</summary>
    /// <param name="space">The space to write.</param>
    /// <param name="address">The first address to write.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="length">How many bytes.</param>
    public static TransferResult ReadFrom(this IAddressSpace space, GuestAddress address, Stream stream, ulong length)
    {
        ArgumentNullException.ThrowIfNull(stream);
        GuestSlices slices = space.GetSlices(address, length, MemoryAccess.Write);
        ulong done = 0;
        while (slices.MoveNext())
        {
            ulong read = ReadSlice(stream, slices.Current);
            done += read;
            if (read < slices.Current.Length)
                return new TransferResult(done, default);
        }

        return new TransferResult(done, slices.Fault);
    }

    /// <summary>Writes memory to a stream.</summary>
    /// <param name="space">The space to read.</param>
    /// <param name="address">The first address to read.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="length">How many bytes.</param>
    public static TransferResult WriteTo(this IAddressSpace space, GuestAddress address, Stream stream, ulong length)
    {
        ArgumentNullException.ThrowIfNull(stream);
        GuestSlices slices = space.GetSlices(address, length, MemoryAccess.Read);
        while (slices.MoveNext())
        {
            GuestSlice slice = slices.Current;
            for (ulong offset = 0; offset < slice.Length; offset += GuestSlice.LargestSpan)
            {
                GuestSlice part = slice.Slice(offset, Math.Min(slice.Length - offset, GuestSlice.LargestSpan));
                stream.Write(part.DangerousGetReadOnlySpan());
                GC.KeepAlive(part.Owner);
            }
        }

        return new TransferResult(slices.Offset, slices.Fault);
    }

    /// <summary>Reads from a stream into memory: all of it, or nothing where some of the memory cannot be written.</summary>
    /// <inheritdoc cref="ReadFrom(IAddressSpace, GuestAddress, Stream, ulong)"/>
    /// <exception cref="GuestMemoryException">Some of the memory cannot be written.</exception>
    /// <exception cref="EndOfStreamException">The stream ended early; what it had was moved.</exception>
    public static void ReadExactlyFrom(this IAddressSpace space, GuestAddress address, Stream stream, ulong length)
    {
        ThrowUnlessAccessible(space, address, length, MemoryAccess.Write);
        ThrowUnlessComplete(space.ReadFrom(address, stream, length), length);
    }

    /// <summary>Writes memory to a stream: all of it, or nothing where some of the memory cannot be read.</summary>
    /// <inheritdoc cref="WriteTo(IAddressSpace, GuestAddress, Stream, ulong)"/>
    /// <exception cref="GuestMemoryException">Some of the memory cannot be read.</exception>
    public static void WriteExactlyTo(this IAddressSpace space, GuestAddress address, Stream stream, ulong length)
    {
        ThrowUnlessAccessible(space, address, length, MemoryAccess.Read);
        ThrowUnlessComplete(space.WriteTo(address, stream, length), length);
    }

    // A stream may give less than it was asked for and have more.
    private static ulong ReadSlice(Stream stream, GuestSlice slice)
    {
        ulong done = 0;
        while (done < slice.Length)
        {
            GuestSlice part = slice.Slice(done, Math.Min(slice.Length - done, GuestSlice.LargestSpan));

            // What a read that fails has written before is not known: all of it may be.
            ulong read = part.Length;
            try
            {
                read = (ulong)stream.Read(part.DangerousGetSpan());
            }
            finally
            {
                part.Slice(0, read).MarkDirty();
                GC.KeepAlive(part.Owner);
            }

            if (read == 0)
                break;

            done += read;
        }

        return done;
    }
}
