using System.Buffers.Binary;
using System.Text;

namespace Lodge.Sandbox;

/// <summary>A table of a message that nobody has looked at yet. Each step is checked: the message is the guest's work.</summary>
/// <remarks>Nothing is followed but what is asked for, and nobody asks for more levels than the schema has: tables that lead to
/// themselves are only read, and never walked.</remarks>
internal readonly ref struct FlatTable
{
    private const int PrefixBytes = 4;
    private const int OffsetBytes = 4;
    private const int VtableHeadBytes = 4;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _message;
    private readonly ReadOnlySpan<byte> _vtable;
    private readonly int _start;
    private readonly int _size;

    private FlatTable(ReadOnlySpan<byte> message, int start)
    {
        Require(message, start, OffsetBytes, alignment: 4);
        long vtable = start - (long)BinaryPrimitives.ReadInt32LittleEndian(message[start..]);
        Require(message, vtable, VtableHeadBytes, alignment: 2);
        int vtableSize = BinaryPrimitives.ReadUInt16LittleEndian(message[(int)vtable..]);
        if (vtableSize < VtableHeadBytes || vtableSize % 2 != 0)
            ProtocolException.Throw($"The vtable at {vtable} has {vtableSize} bytes.");

        Require(message, vtable, vtableSize, alignment: 2);
        _size = BinaryPrimitives.ReadUInt16LittleEndian(message[((int)vtable + 2)..]);
        if (_size < OffsetBytes)
            ProtocolException.Throw($"The table at {start} has {_size} bytes.");

        Require(message, start, _size, alignment: 4);
        _message = message;
        _vtable = message.Slice((int)vtable, vtableSize);
        _start = start;
    }

    /// <summary>The table that a message begins with.</summary>
    /// <param name="message">The message, its size prefix first. What is behind it is not looked at.</param>
    public static FlatTable Root(ReadOnlySpan<byte> message)
    {
        Require(message, 0, PrefixBytes + OffsetBytes, alignment: 4);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(message);
        if (size > (uint)(message.Length - PrefixBytes))
            ProtocolException.Throw($"The message says that it has {size} bytes, and there are {message.Length - PrefixBytes}.");

        message = message[..(PrefixBytes + (int)size)];
        return new FlatTable(message, Follow(message, PrefixBytes));
    }

    /// <summary>Whether a field is there.</summary>
    public bool Has(int field) => OffsetOf(field) != 0;

    /// <summary>A number of one byte; 0 where there is none.</summary>
    public byte Byte(int field)
    {
        int at = Find(field, 1);
        return at == 0 ? (byte)0 : _message[at];
    }

    /// <summary>A number of four bytes.</summary>
    public uint UInt32(int field)
    {
        int at = Find(field, 4);
        return at == 0 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(_message[at..]);
    }

    /// <summary>A number of eight bytes.</summary>
    public ulong UInt64(int field)
    {
        int at = Find(field, 8);
        return at == 0 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(_message[at..]);
    }

    /// <summary>A table that has to be there.</summary>
    public FlatTable Table(int field, string what) => new(_message, Follow(_message, Required(field, what)));

    /// <summary>The text of a field that has to be there.</summary>
    public string Text(int field, string what)
    {
        ReadOnlySpan<byte> bytes = TextBytes(field, what);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new ProtocolException($"The {what} is not UTF-8.");
        }
    }

    /// <summary>The text of a field, in which bytes that are no text are replaced; nothing where it is not there.</summary>
    public string LooseText(int field, string what) => Has(field) ? Encoding.UTF8.GetString(TextBytes(field, what)) : "";

    /// <summary>The bytes of a text that has to be there, without the zero behind them.</summary>
    public ReadOnlySpan<byte> TextBytes(int field, string what)
    {
        int start = Follow(_message, Required(field, what));
        int length = LengthAt(start, 1, what);
        int end = start + OffsetBytes + length;
        if (end >= _message.Length || _message[end] != 0)
            ProtocolException.Throw($"The {what} does not end in a zero.");

        return _message.Slice(start + OffsetBytes, length);
    }

    /// <summary>A vector of bytes that has to be there.</summary>
    public ReadOnlySpan<byte> Bytes(int field, string what)
    {
        int start = Follow(_message, Required(field, what));
        return _message.Slice(start + OffsetBytes, LengthAt(start, 1, what));
    }

    /// <summary>How many tables a vector has; none where it is not there.</summary>
    public int Count(int field, string what)
        => Has(field) ? LengthAt(Follow(_message, Required(field, what)), OffsetBytes, what) : 0;

    /// <summary>A table of a vector.</summary>
    /// <param name="field">The field.</param>
    /// <param name="index">Less than <see cref="Count"/>.</param>
    /// <param name="what">What the vector is.</param>
    public FlatTable TableAt(int field, int index, string what)
        => new(_message, Follow(_message, Follow(_message, Required(field, what)) + OffsetBytes + (index * OffsetBytes)));

    private int LengthAt(int start, int elementBytes, string what)
    {
        Require(_message, start, OffsetBytes, alignment: 4);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_message[start..]);
        if (length > (uint)(_message.Length - start - OffsetBytes) / (uint)elementBytes)
            ProtocolException.Throw($"The {what} has {length} elements, more than the message has room for.");

        return (int)length;
    }

    private int Required(int field, string what)
    {
        int at = Find(field, OffsetBytes);
        if (at == 0)
            ProtocolException.Throw($"The message has no {what}.");

        return at;
    }

    /// <summary>Where a field of some size is; 0 where it is not there, which is where the prefix is.</summary>
    private int Find(int field, int size)
    {
        int offset = OffsetOf(field);
        if (offset == 0)
            return 0;

        if (offset > _size - size)
            ProtocolException.Throw($"Field {field} of the table at {_start} lies at {offset}, outside of its {_size} bytes.");

        Require(_message, _start + offset, size, alignment: size);
        return _start + offset;
    }

    private int OffsetOf(int field)
    {
        int slot = VtableHeadBytes + (2 * field);
        return slot + 2 <= _vtable.Length ? BinaryPrimitives.ReadUInt16LittleEndian(_vtable[slot..]) : 0;
    }

    // Offsets lead forward only.
    private static int Follow(ReadOnlySpan<byte> message, int at)
    {
        Require(message, at, OffsetBytes, alignment: 4);
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(message[at..]);
        if (offset > (uint)(message.Length - at))
            ProtocolException.Throw($"The offset at {at} leads {offset} bytes on, out of the message's {message.Length}.");

        return at + (int)offset;
    }

    private static void Require(ReadOnlySpan<byte> message, long at, int size, int alignment)
    {
        if (at < 0 || size > message.Length || at > message.Length - size)
            ProtocolException.Throw($"The message leads to {size} bytes at {at}, and has {message.Length}.");

        if (at % alignment != 0)
            ProtocolException.Throw($"The message has {size} bytes at {at}, which is no multiple of {alignment}.");
    }
}
