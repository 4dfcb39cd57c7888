using System.Runtime.InteropServices;
using Lodge.Memory.Interop;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory;

/// <summary>Vectored reads and writes of files: one system call for up to <see cref="IoVectors.Capacity"/> pieces of
/// memory.</summary>
internal static unsafe class VectoredIo
{
    /// <summary>Reads from a position of a file into the pieces; returns the bytes read, 0 at the end of the file.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static ulong Read(SafeFileHandle file, long offset, ReadOnlySpan<Iovec> pieces)
    {
        if (!OperatingSystem.IsLinux())
            return ReadOneByOne(file, offset, pieces);

        fixed (Iovec* vectors = pieces)
        {
            // In bounds: each vector is a slice whose owner the caller holds. A call that does not keep errno is cheaper; if it
            // fails, it is made again to learn why.
            nint done = Libc.preadv_without_errno(file, vectors, pieces.Length, offset);
            while (done < 0 && (done = Libc.preadv(file, vectors, pieces.Length, offset)) < 0
                && Marshal.GetLastPInvokeError() == Errno.EINTR)
            {
            }

            return done >= 0 ? (ulong)done : throw Failed("read from", offset);
        }
    }

    /// <summary>Writes the pieces to a position of a file; returns the bytes written.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static ulong Write(SafeFileHandle file, long offset, ReadOnlySpan<Iovec> pieces)
    {
        if (!OperatingSystem.IsLinux())
            return WriteOneByOne(file, offset, pieces);

        fixed (Iovec* vectors = pieces)
        {
            // In bounds: each vector is a slice whose owner the caller holds.
            nint done;
            do
                done = Libc.pwritev(file, vectors, pieces.Length, offset);
            while (done < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);

            return done >= 0 ? (ulong)done : throw Failed("write to", offset);
        }
    }

    private static ulong ReadOneByOne(SafeFileHandle file, long offset, ReadOnlySpan<Iovec> pieces)
    {
        ulong done = 0;
        foreach (Iovec piece in pieces)
        {
            int read;
            try
            {
                read = RandomAccess.Read(file, new Span<byte>(piece.iov_base, (int)piece.iov_len), offset + (long)done);
            }
            catch (IOException) when (done != 0)
            {
                // As a vectored call does it: what was read before counts, and the failure is the next call's.
                break;
            }

            done += (ulong)read;
            if ((nuint)read < piece.iov_len)
                break;
        }

        return done;
    }

    private static ulong WriteOneByOne(SafeFileHandle file, long offset, ReadOnlySpan<Iovec> pieces)
    {
        ulong done = 0;
        foreach (Iovec piece in pieces)
        {
            RandomAccess.Write(file, new ReadOnlySpan<byte>(piece.iov_base, (int)piece.iov_len), offset + (long)done);
            done += piece.iov_len;
        }

        return done;
    }

    private static IOException Failed(string attempt, long offset)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new IOException($"Could not {attempt} the file at offset {offset}: {Marshal.GetPInvokeErrorMessage(errno)} (error {errno}).");
    }
}
