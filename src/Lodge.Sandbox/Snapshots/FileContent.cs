using Microsoft.Win32.SafeHandles;

namespace Lodge.Sandbox;

/// <summary>What is in a file that is open, compared piece by piece: that costs less than a digest of it.</summary>
internal static class FileContent
{
    private const int PieceBytes = 64 << 10;

    /// <summary>Whether a file begins with what is in memory.</summary>
    public static bool BeginsWith(SafeFileHandle file, GuestSlice memory)
    {
        var piece = new byte[PieceBytes];
        var read = new byte[PieceBytes];
        for (ulong at = 0; at < memory.Length; at += PieceBytes)
        {
            Span<byte> part = piece.AsSpan(0, (int)Math.Min(PieceBytes, memory.Length - at));
            memory.CopyTo(at, part);
            if (!Holds(file, (long)at, part, read))
                return false;
        }

        return true;
    }

    /// <summary>Whether a file begins with these bytes.</summary>
    public static bool BeginsWith(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        var read = new byte[Math.Min(PieceBytes, bytes.Length)];
        for (long at = 0; !bytes.IsEmpty; at += PieceBytes)
        {
            ReadOnlySpan<byte> part = bytes[..Math.Min(PieceBytes, bytes.Length)];
            if (!Holds(file, at, part, read))
                return false;

            bytes = bytes[part.Length..];
        }

        return true;
    }

    /// <summary>Reads bytes, unless the file ends before them.</summary>
    public static bool TryReadExactly(SafeFileHandle file, long offset, Span<byte> bytes)
    {
        for (int done = 0; done < bytes.Length;)
        {
            int read = RandomAccess.Read(file, bytes[done..], offset + done);
            if (read == 0)
                return false;

            done += read;
        }

        return true;
    }

    private static bool Holds(SafeFileHandle file, long at, ReadOnlySpan<byte> part, byte[] buffer)
    {
        Span<byte> read = buffer.AsSpan(0, part.Length);
        return TryReadExactly(file, at, read) && read.SequenceEqual(part);
    }
}
