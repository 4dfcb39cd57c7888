using System.Text;

namespace Lodge.Sandbox;

/// <summary>What a guest says when it gives up, piece by piece.</summary>
/// <remarks>Each write to the port has a count of up to 3 in its lowest byte, and then so many bytes. A byte of 0xFF ends it; the
/// first byte is the error's number, the second the processor's exception where it is the number of one, and the rest is
/// text.</remarks>
internal sealed class AbortMessage
{
    private const int MostBytes = 1024;
    private const byte End = 0xFF;
    private const byte LastOrdinaryVector = 20;
    private const byte SecurityVector = 30;

    private readonly byte[] _bytes = new byte[MostBytes];
    private int _length;

    /// <summary>The error's number.</summary>
    public GuestErrorCode Code => _length == 0 ? GuestErrorCode.Unknown : (GuestErrorCode)_bytes[0];

    /// <summary>The processor's exception.</summary>
    public byte? Vector
        => _length > 1 && _bytes[1] is <= LastOrdinaryVector or SecurityVector ? _bytes[1] : null;

    public string Text
    {
        get
        {
            int start = Vector is null ? 1 : 2;
            return _length > start ? Encoding.UTF8.GetString(_bytes.AsSpan(start, _length - start)) : "";
        }
    }

    /// <summary>Forgets what was said.</summary>
    public void Clear() => _length = 0;

    /// <summary>Takes a piece.</summary>
    /// <returns>Whether it is the last, or there is no room for more.</returns>
    public bool Add(uint piece)
    {
        int count = Math.Min((int)(piece & 0xFF), 3);
        for (int i = 1; i <= count; i++)
        {
            var next = (byte)(piece >> (8 * i));
            if (next == End)
                return true;

            if (_length == MostBytes)
                return true;

            _bytes[_length++] = next;
        }

        return false;
    }
}
