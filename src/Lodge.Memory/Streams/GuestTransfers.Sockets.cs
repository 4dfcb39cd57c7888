using System.Net.Sockets;
using System.Runtime.InteropServices;
using Lodge.Memory.Interop;

namespace Lodge.Memory;

public static partial class GuestTransfers
{
    /// <summary>Receives into memory, once: what one call gives, a datagram or a part of a stream.</summary>
    /// <param name="space">The space to write.</param>
    /// <param name="address">The first address to write.</param>
    /// <param name="socket">The socket, connected.</param>
    /// <param name="length">How many bytes at most. Pieces of memory beyond the first 16 are left out.</param>
    /// <returns>No bytes and no fault where the peer has closed a stream. A fault only where the first byte has one.</returns>
    /// <exception cref="SocketException">The socket failed.</exception>
    /// <exception cref="NotSupportedException">Not on Linux, and the memory for a datagram is in pieces.</exception>
    public static TransferResult ReceiveFrom(this IAddressSpace space, GuestAddress address, Socket socket, ulong length)
    {
        IoVectors pieces = CollectForSocket(space, address, socket, length, MemoryAccess.Write);
        if (pieces.Count == 0)
            return new TransferResult(0, pieces.Fault);

        ulong received = 0;
        try
        {
            received = CallSocket(socket, pieces.Span, isSend: false);
            return new TransferResult(received, default);
        }
        finally
        {
            pieces.Release(received);
        }
    }

    /// <summary>Sends memory, once: what one call takes, a datagram or a part of a stream.</summary>
    /// <param name="space">The space to read.</param>
    /// <param name="address">The first address to read.</param>
    /// <param name="socket">The socket, connected.</param>
    /// <param name="length">How many bytes at most. Pieces of memory beyond the first 16 are left out.</param>
    /// <returns>How many bytes were sent. A fault only where the first byte has one.</returns>
    /// <exception cref="SocketException">The socket failed.</exception>
    /// <exception cref="NotSupportedException">Not on Linux, and the memory of a datagram is in pieces.</exception>
    public static TransferResult SendTo(this IAddressSpace space, GuestAddress address, Socket socket, ulong length)
    {
        IoVectors pieces = CollectForSocket(space, address, socket, length, MemoryAccess.Read);
        if (pieces.Count == 0)
            return new TransferResult(0, pieces.Fault);

        try
        {
            return new TransferResult(CallSocket(socket, pieces.Span, isSend: true), default);
        }
        finally
        {
            pieces.Release(0);
        }
    }

    private static IoVectors CollectForSocket(
        IAddressSpace space, GuestAddress address, Socket socket, ulong length, MemoryAccess access)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(socket);
        IoVectors pieces = default;
        pieces.Collect(space, address, done: 0, length, access);
        return pieces;
    }

    private static unsafe ulong CallSocket(Socket socket, ReadOnlySpan<Iovec> pieces, bool isSend)
    {
        // In bounds: each vector is a slice whose owner the caller holds.
        Iovec first = pieces[0];
        if (pieces.Length == 1 || (!OperatingSystem.IsLinux() && socket.SocketType == SocketType.Stream))
        {
            return isSend
                ? (ulong)socket.Send(new ReadOnlySpan<byte>(first.iov_base, (int)first.iov_len))
                : (ulong)socket.Receive(new Span<byte>(first.iov_base, (int)first.iov_len));
        }

        if (!OperatingSystem.IsLinux())
            throw new NotSupportedException("A datagram to or from memory in pieces works on Linux.");

        fixed (Iovec* vectors = pieces)
        {
            while (true)
            {
                nint done = isSend
                    ? Libc.writev(socket.SafeHandle, vectors, pieces.Length)
                    : Libc.readv(socket.SafeHandle, vectors, pieces.Length);
                if (done >= 0)
                    return (ulong)done;

                int errno = Marshal.GetLastPInvokeError();

                // The runtime makes the sockets that it waits for itself non-blocking; a call on ours is meant to wait.
                if (errno == Errno.EAGAIN && socket.Blocking)
                    socket.Poll(-1, isSend ? SelectMode.SelectWrite : SelectMode.SelectRead);
                else if (errno != Errno.EINTR)
                    throw new SocketException(errno);
            }
        }
    }
}
