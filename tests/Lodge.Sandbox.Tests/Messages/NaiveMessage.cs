using System.Text;

namespace Lodge.Sandbox.Tests;

/// <summary>Makes a message by hand, piece after piece, and knows where each of them lies.</summary>
internal sealed class NaiveMessage
{
    private readonly List<byte> _bytes = [0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>The message, with its size prefix.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = [.. _bytes];
        HostileInput.Set(bytes, 0, 4, (ulong)bytes.Length - 4);
        return bytes;
    }

    /// <summary>A table with its vtable right in front: in the order of the fields, each with its size, 0 where it is
    /// missing.</summary>
    /// <returns>Where the fields lie, the last one being the table itself.</returns>
    public int[] Table(params (int Size, ulong Value)[] fields)
    {
        Align(2);
        int vtable = _bytes.Count;
        int table = (vtable + 4 + (2 * fields.Length) + 7) & -8;
        var at = new int[fields.Length + 1];
        int end = table + 4;
        for (int i = 0; i < fields.Length; i++)
        {
            int size = Math.Max(1, fields[i].Size);
            at[i] = fields[i].Size == 0 ? 0 : (end + size - 1) & -size;
            end = fields[i].Size == 0 ? end : at[i] + size;
        }

        _bytes.AddRange(new byte[end - vtable]);
        Set(vtable, 2, 4 + (2 * (ulong)fields.Length));
        Set(vtable + 2, 2, (ulong)(end - table));
        Set(table, 4, (ulong)(table - vtable));
        for (int i = 0; i < fields.Length; i++)
        {
            if (fields[i].Size == 0)
                continue;

            Set(vtable + 4 + (2 * i), 2, (ulong)(at[i] - table));
            Set(at[i], fields[i].Size, fields[i].Value);
        }

        at[^1] = table;
        return at;
    }

    /// <summary>A table that a word leads to.</summary>
    public int[] TableFrom(int word, params (int Size, ulong Value)[] fields)
    {
        int[] at = Table(fields);
        Lead(word, at[^1]);
        return at;
    }

    /// <summary>Words, with how many there are in front.</summary>
    public int VectorFrom(int word, int count)
    {
        Align(4);
        int start = _bytes.Count;
        Lead(word, start);
        _bytes.AddRange(new byte[4 + (4 * count)]);
        Set(start, 4, (ulong)count);
        return start + 4;
    }

    public int BytesFrom(int word, ReadOnlySpan<byte> bytes, bool hasZero = false)
    {
        Align(4);
        int start = _bytes.Count;
        Lead(word, start);
        _bytes.AddRange(BitConverter.GetBytes(bytes.Length));
        _bytes.AddRange(bytes);
        if (hasZero)
            _bytes.Add(0);

        return start;
    }

    public int TextFrom(int word, string text) => BytesFrom(word, Encoding.UTF8.GetBytes(text), hasZero: true);

    public void Lead(int word, int target) => Set(word, 4, (ulong)(target - word));

    public void Set(int at, int size, ulong value)
    {
        byte[] word = BitConverter.GetBytes(value);
        for (int i = 0; i < size; i++)
            _bytes[at + i] = word[i];
    }

    public void Append(params ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    /// <summary>A message of a case; a call is one of the host.</summary>
    /// <param name="wanted">The case.</param>
    /// <param name="omitsDefaults">Whether numbers that are 0 are left out.</param>
    public static byte[] Of(MessageCase wanted, bool omitsDefaults)
    {
        var message = new NaiveMessage();
        if (wanted.IsCall)
        {
            byte type = MessageFormat.NumberOf(wanted.Type, isResult: true);
            int[] call = message.TableFrom(
                4,
                (4, 0),
                (wanted.Values.Length == 0 && omitsDefaults ? 0 : 4, 0),
                (1, 2),
                (type == 0 && omitsDefaults ? 0 : 1, type));
            if (call[1] != 0)
            {
                int list = message.VectorFrom(call[1], wanted.Values.Length);
                for (int i = 0; i < wanted.Values.Length; i++)
                    message.UnionFrom(list + (4 * i), wanted.Values[i], isResult: false, omitsDefaults);
            }

            message.TextFrom(call[0], wanted.Name!);
            return message.ToArray();
        }

        int[] result = message.TableFrom(4, (1, wanted.Code is null ? 1UL : 2), (4, 0));
        if (wanted.Code is { } code)
            message.TextFrom(message.TableFrom(result[1], (code == 0 && omitsDefaults ? 0 : 8, code), (4, 0))[1], wanted.Name!);
        else
            message.UnionFrom(result[1], wanted.Values[0], isResult: true, omitsDefaults);

        return message.ToArray();
    }

    /// <summary>A message of a record that a guest logs.</summary>
    public static byte[] OfLog(GuestLogRecord record)
    {
        var message = new NaiveMessage();
        int[] at = message.TableFrom(4, (4, 0), (4, 0), (1, record.Level), (4, 0), (4, 0), (4, record.Line));
        message.TextFrom(at[0], record.Message);
        message.TextFrom(at[1], record.Source);
        message.TextFrom(at[3], record.Caller);
        message.TextFrom(at[4], record.File);
        return message.ToArray();
    }

    private void UnionFrom(int word, GuestValue value, bool isResult, bool omitsDefaults)
    {
        int[] union = TableFrom(word, (1, (ulong)MessageFormat.NumberOf(value.Type, isResult) + 1), (4, 0));
        switch (value.Type)
        {
            case GuestType.Void:
                TableFrom(union[1]);
                break;
            case GuestType.String:
                TextFrom(TableFrom(union[1], (4, 0))[0], value.As<string>());
                break;
            case GuestType.Bytes:
                byte[] bytes = value.As<byte[]>();
                int at = isResult ? TableFrom(union[1], (4, (ulong)bytes.Length), (4, 0))[1] : TableFrom(union[1], (4, 0))[0];
                BytesFrom(at, bytes);
                break;
            default:
                int size = value.Type is GuestType.Bool ? 1
                    : value.Type is GuestType.Long or GuestType.ULong or GuestType.Double ? 8
                    : 4;
                TableFrom(union[1], (value.Bits == 0 && omitsDefaults ? 0 : size, value.Bits));
                break;
        }
    }

    private void Align(int size)
    {
        while (_bytes.Count % size != 0)
            _bytes.Add(0);
    }
}
