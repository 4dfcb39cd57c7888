using System.Buffers;
using System.IO.Pipelines;

namespace Lodge.Memory;

public static partial class GuestTransfers
{
    /// <summary>Reads from a stream into memory, until all is read or the stream ends.</summary>
    /// <param name="space">The space to write.</param>
    /// <param name="address">The first address to write.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="cancellationToken">Ends the transfer between two reads, or within one if the stream can.</param>
    public static async ValueTask<TransferResult> ReadFromAsync(
        this IAddressSpace space, GuestAddress address, Stream stream, ulong length, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(stream);
        ulong done = 0;
        while (done < length)
        {
            if (!GuestBuffer.TryLease(space, address, done, length, MemoryAccess.Write, out GuestBuffer? buffer, out AccessFault fault))
                return new TransferResult(done, fault);

            using (buffer)
            {
                int read = await stream.ReadAsync(buffer.Memory, cancellationToken).ConfigureAwait(false);
                buffer.MarkWritten(read);
                done += (ulong)read;
                if (read == 0)
                    break;
            }
        }

        return new TransferResult(done, default);
    }

    /// <summary>Writes memory to a stream.</summary>
    /// <param name="space">The space to read.</param>
    /// <param name="address">The first address to read.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="cancellationToken">Ends the transfer between two writes, or within one if the stream can.</param>
    public static async ValueTask<TransferResult> WriteToAsync(
        this IAddressSpace space, GuestAddress address, Stream stream, ulong length, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(stream);
        ulong done = 0;
        while (done < length)
        {
            if (!GuestBuffer.TryLease(space, address, done, length, MemoryAccess.Read, out GuestBuffer? buffer, out AccessFault fault))
                return new TransferResult(done, fault);

            using (buffer)
            {
                await stream.WriteAsync(buffer.ReadOnlyMemory, cancellationToken).ConfigureAwait(false);
                done += (ulong)buffer.Length;
            }
        }

        return new TransferResult(done, default);
    }

    /// <summary>Reads from a pipe into memory, until all is read or the pipe is completed.</summary>
    /// <param name="space">The space to write.</param>
    /// <param name="address">The first address to write.</param>
    /// <param name="reader">The pipe. What could not be put into memory stays in it.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="cancellationToken">Ends the wait for the pipe.</param>
    public static async ValueTask<TransferResult> ReadFromAsync(
        this IAddressSpace space, GuestAddress address, PipeReader reader, ulong length, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(reader);
        ulong done = 0;
        while (done < length)
        {
            ReadResult result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer.Slice(0, (long)Math.Min((ulong)result.Buffer.Length, length - done));
            ulong taken = 0;
            AccessFault fault = default;
            foreach (ReadOnlyMemory<byte> segment in buffer)
            {
                if (!address.TryAdd(done + taken, out GuestAddress next))
                    fault = new AccessFault(FaultKind.Overflow, address, length, MemoryAccess.Write);
                else
                    taken += (ulong)space.Write(next, segment.Span, out fault);

                if (fault.Kind != FaultKind.None)
                    break;
            }

            // What was read is the pipe's again after this.
            bool isEnd = result.IsCanceled || (result.IsCompleted && taken == (ulong)result.Buffer.Length);
            reader.AdvanceTo(buffer.GetPosition((long)taken));
            done += taken;
            if (fault.Kind != FaultKind.None)
                return new TransferResult(done, fault);

            if (isEnd)
                break;
        }

        return new TransferResult(done, default);
    }

    /// <summary>Writes memory to a pipe, and flushes it as it fills.</summary>
    /// <param name="space">The space to read.</param>
    /// <param name="address">The first address to read.</param>
    /// <param name="writer">The pipe.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="cancellationToken">Ends the wait for the pipe.</param>
    public static async ValueTask<TransferResult> WriteToAsync(
        this IAddressSpace space, GuestAddress address, PipeWriter writer, ulong length, CancellationToken cancellationToken = default)
    {
        const int ChunkSize = 16 << 10;
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(writer);
        ulong done = 0;
        while (done < length)
        {
            if (!address.TryAdd(done, out GuestAddress next))
                return new TransferResult(done, new AccessFault(FaultKind.Overflow, address, length, MemoryAccess.Read));

            int chunk = (int)Math.Min(length - done, ChunkSize);
            int read = space.Read(next, writer.GetSpan(chunk)[..chunk], out AccessFault fault);
            writer.Advance(read);
            done += (ulong)read;
            FlushResult flushed = await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (fault.Kind != FaultKind.None || flushed.IsCompleted || flushed.IsCanceled)
                return new TransferResult(done, fault);
        }

        return new TransferResult(done, default);
    }
}
