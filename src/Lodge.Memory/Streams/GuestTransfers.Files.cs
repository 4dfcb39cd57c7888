using System.Diagnostics.CodeAnalysis;
using Lodge.Memory.Interop;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory;

/// <summary>Moves bytes between guest memory and files, streams, sockets and pipes, without a buffer in between.</summary>
/// <remarks>
/// <para>The plain forms move what they can: they end early at a fault in the guest's memory or where the other side has no more,
/// and say how much was done. The <c>Exactly</c> forms look at the whole range first, so that a fault means that nothing was
/// done, and throw where the other side ends early.</para>
/// <para>What goes wrong on the other side is the host's affair, and an exception. Everything read into memory is marked in dirty
/// bitmaps. The guest may change the bytes while they are moved.</para>
/// </remarks>
public static partial class GuestTransfers
{
    /// <summary>Reads from a file into memory, with vectored system calls.</summary>
    /// <param name="space">The space to write.</param>
    /// <param name="address">The first address to write.</param>
    /// <param name="file">The file, opened for reading.</param>
    /// <param name="fileOffset">Where in the file to start, in bytes.</param>
    /// <param name="length">How many bytes.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TransferResult ReadFrom(
        this IAddressSpace space, GuestAddress address, SafeFileHandle file, long fileOffset, ulong length)
    {
        CheckArguments(space, file, fileOffset, length);
        ulong done = ReadFirstSlice(space, address, file, fileOffset, length);
        if (done == length)
            return new TransferResult(done, default);

        IoVectors pieces = default;
        while (done < length)
        {
            pieces.Collect(space, address, done, length, MemoryAccess.Write);
            if (pieces.Count == 0)
                return new TransferResult(done, pieces.Fault);

            ulong read = 0;
            try
            {
                read = VectoredIo.Read(file, fileOffset + (long)done, pieces.Span);
            }
            finally
            {
                pieces.Release(read);
            }

            done += read;
            if (read == 0)
                break;
        }

        return new TransferResult(done, default);
    }

    /// <summary>Writes memory to a file, with vectored system calls.</summary>
    /// <param name="space">The space to read.</param>
    /// <param name="address">The first address to read.</param>
    /// <param name="file">The file, opened for writing.</param>
    /// <param name="fileOffset">Where in the file to start, in bytes.</param>
    /// <param name="length">How many bytes.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static TransferResult WriteTo(
        this IAddressSpace space, GuestAddress address, SafeFileHandle file, long fileOffset, ulong length)
    {
        CheckArguments(space, file, fileOffset, length);
        IoVectors pieces = default;
        ulong done = 0;
        while (done < length)
        {
            pieces.Collect(space, address, done, length, MemoryAccess.Read);
            if (pieces.Count == 0)
                return new TransferResult(done, pieces.Fault);

            ulong written = 0;
            try
            {
                written = VectoredIo.Write(file, fileOffset + (long)done, pieces.Span);
            }
            finally
            {
                pieces.Release(0);
            }

            done += written;
            if (written == 0)
                break;
        }

        return new TransferResult(done, default);
    }

    /// <summary>Reads from a file into memory: all of it, or nothing where some of the memory cannot be written.</summary>
    /// <inheritdoc cref="ReadFrom(IAddressSpace, GuestAddress, SafeFileHandle, long, ulong)"/>
    /// <exception cref="GuestMemoryException">Some of the memory cannot be written.</exception>
    /// <exception cref="EndOfStreamException">The file ended early; what it had was moved.</exception>
    public static void ReadExactlyFrom(
        this IAddressSpace space, GuestAddress address, SafeFileHandle file, long fileOffset, ulong length)
    {
        ThrowUnlessAccessible(space, address, length, MemoryAccess.Write);
        ThrowUnlessComplete(space.ReadFrom(address, file, fileOffset, length), length);
    }

    /// <summary>Writes memory to a file: all of it, or nothing where some of the memory cannot be read.</summary>
    /// <inheritdoc cref="WriteTo(IAddressSpace, GuestAddress, SafeFileHandle, long, ulong)"/>
    /// <exception cref="GuestMemoryException">Some of the memory cannot be read.</exception>
    public static void WriteExactlyTo(
        this IAddressSpace space, GuestAddress address, SafeFileHandle file, long fileOffset, ulong length)
    {
        ThrowUnlessAccessible(space, address, length, MemoryAccess.Read);
        ThrowUnlessComplete(space.WriteTo(address, file, fileOffset, length), length);
    }

    // The usual range is one slice. What this does not do, because the range is in pieces or the file gave less, is left to the
    // general way, which also finds what is wrong.
    private static unsafe ulong ReadFirstSlice(
        IAddressSpace space, GuestAddress address, SafeFileHandle file, long fileOffset, ulong length)
    {
        if (length - 1 >= GuestSlice.LargestSpan || space is not GuestMemory memory
            || memory.FindSlice(address.Value, length, MemoryAccess.Write, out GuestSlice slice, out _) != FaultKind.None
            || slice.Length != length)
        {
            return 0;
        }

        // In bounds: the slice has this length. It is used, and so keeps its memory, until after the call.
        var vector = new Iovec { iov_base = slice.Pointer, iov_len = (nuint)length };
        ulong read = VectoredIo.Read(file, fileOffset, new ReadOnlySpan<Iovec>(in vector));
        if (read != 0)
            slice.MarkDirty(slice.Pointer, read);

        GC.KeepAlive(slice.Owner);
        return read;
    }

    private static void CheckArguments(IAddressSpace space, SafeFileHandle file, long fileOffset, ulong length)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNegative(fileOffset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, (ulong)(long.MaxValue - fileOffset));
    }

    private static void ThrowUnlessAccessible(IAddressSpace space, GuestAddress address, ulong length, MemoryAccess access)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (!space.IsAccessible(address, length, access, out AccessFault fault))
            Throw(fault);
    }

    private static void ThrowUnlessComplete(in TransferResult result, ulong length)
    {
        if (result.IsFault)
            Throw(result.Fault);

        if (result.Bytes != length)
            throw new EndOfStreamException($"The other side ended after {result.Bytes} of {length} bytes.");
    }

    [DoesNotReturn]
    private static void Throw(in AccessFault fault) => throw new GuestMemoryException(fault);
}
