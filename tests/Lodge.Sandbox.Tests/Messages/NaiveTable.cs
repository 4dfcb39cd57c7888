using System.Text;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>A table of a message that is right, read as the format says, where everything has to lie at a multiple of its
/// size.</summary>
internal sealed class NaiveTable(byte[] message, int start)
{
    public static NaiveTable Root(byte[] message)
    {
        Assert.Equal((uint)message.Length - 4, BitConverter.ToUInt32(message));
        return new NaiveTable(message, Follow(message, 4));
    }

    /// <summary>Where a field lies; 0 where it is not there.</summary>
    public int At(int field, int size)
    {
        int vtable = start - Aligned(BitConverter.ToInt32(message, Aligned(start, 4)), 1);
        int vtableSize = BitConverter.ToUInt16(message, Aligned(vtable, 2));
        int tableSize = BitConverter.ToUInt16(message, vtable + 2);
        int offset = 4 + (2 * field) < vtableSize ? BitConverter.ToUInt16(message, vtable + 4 + (2 * field)) : 0;
        Assert.True(offset == 0 || (offset >= 4 && offset + size <= tableSize && start + tableSize <= message.Length));
        return offset == 0 ? 0 : Aligned(start + offset, size);
    }

    public ulong Number(int field, int size)
    {
        int at = At(field, size);
        Span<byte> word = stackalloc byte[8];
        word.Clear();
        if (at != 0)
            message.AsSpan(at, size).CopyTo(word);

        return BitConverter.ToUInt64(word);
    }

    public NaiveTable Table(int field) => new(message, Follow(message, At(field, 4)));

    public byte[] Bytes(int field)
    {
        int at = Follow(message, At(field, 4));
        return message[(at + 4)..(at + 4 + BitConverter.ToInt32(message, at))];
    }

    public string Text(int field)
    {
        byte[] bytes = Bytes(field);
        Assert.Equal(0, message[Follow(message, At(field, 4)) + 4 + bytes.Length]);
        return Encoding.UTF8.GetString(bytes);
    }

    public NaiveTable[] Tables(int field)
    {
        if (At(field, 4) == 0)
            return [];

        int at = Follow(message, At(field, 4));
        int count = BitConverter.ToInt32(message, at);
        return [.. Enumerable.Range(1, count).Select(i => new NaiveTable(message, Follow(message, at + (4 * i))))];
    }

    /// <summary>The value of a union at field 0.</summary>
    public GuestValue Value(bool isResult)
    {
        NaiveTable value = Table(1);
        return (Number(0, 1), isResult) switch
        {
            (1, _) => (int)value.Number(0, 4),
            (2, _) => (uint)value.Number(0, 4),
            (3, _) => (long)value.Number(0, 8),
            (4, _) => value.Number(0, 8),
            (5, _) => BitConverter.UInt32BitsToSingle((uint)value.Number(0, 4)),
            (6, _) => BitConverter.UInt64BitsToDouble(value.Number(0, 8)),
            (7, _) => value.Text(0),
            (8, _) => value.Number(0, 1) != 0,
            (9, false) => value.Bytes(0),
            (9, true) => GuestValue.Void,
            (10, true) when (int)value.Number(0, 4) == value.Bytes(1).Length => value.Bytes(1),
            var other => throw new InvalidOperationException($"There is no value of type {other}."),
        };
    }

    private static int Follow(byte[] message, int at)
        => Aligned(at + checked((int)BitConverter.ToUInt32(message, Aligned(at, 4))), 4);

    private static int Aligned(int at, int size)
    {
        Assert.Equal(0, at % size);
        return at;
    }
}
