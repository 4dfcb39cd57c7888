using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory;

/// <summary>Moves bytes from files straight into host memory that no guest has yet.</summary>
internal static unsafe class FileTransfer
{
    /// <summary>Reads part of a file to the start of a mapping, or to <paramref name="offset"/> in it.</summary>
    /// <exception cref="EndOfStreamException">The file ends before that.</exception>
    public static void ReadExactly(SafeFileHandle file, long fileOffset, HostMapping mapping, ulong length, ulong offset = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, mapping.Size - offset);
        for (ulong done = 0; done < length;)
        {
            // In bounds: offset + length lies in the mapping, which is kept until after the loop.
            var span = new Span<byte>(mapping.Base + offset + done, (int)Math.Min(length - done, GuestSlice.LargestSpan));
            int read = RandomAccess.Read(file, span, fileOffset + (long)done);
            if (read == 0)
            {
                throw new EndOfStreamException(
                    $"The file ends {length - done} bytes before the {length} that were asked for from offset {fileOffset}.");
            }

            done += (ulong)read;
        }

        GC.KeepAlive(mapping);
    }
}
