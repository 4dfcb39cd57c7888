using System.Buffers;
using System.Security.Cryptography;

namespace Lodge.Sandbox;

/// <summary>SHA-256 of bytes and of guest memory, as digests are written: <c>sha256:</c> and 64 digits.</summary>
internal static class Sha256Digest
{
    public const string Prefix = "sha256:";
    private const int HexDigits = 64;
    private const int PieceBytes = 64 << 10;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static string Of(ReadOnlySpan<byte> bytes) => Write(SHA256.HashData(bytes));

    /// <summary>The digest of a slice, which is read once.</summary>
    public static string Of(GuestSlice slice)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[PieceBytes];
        for (ulong at = 0; at < slice.Length; at += (ulong)piece.Length)
        {
            Span<byte> part = piece.AsSpan(0, (int)Math.Min((ulong)piece.Length, slice.Length - at));
            slice.CopyTo(at, part);
            hash.AppendData(part);
        }

        return Write(hash.GetHashAndReset());
    }

    /// <summary>Whether a text is a digest of this kind, so that it can be the name of a file.</summary>
    public static bool IsValid(string text)
        => text.Length == Prefix.Length + HexDigits
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && !text.AsSpan(Prefix.Length).ContainsAnyExcept(Digits);

    private static string Write(byte[] hash) => Prefix + Convert.ToHexStringLower(hash);
}
