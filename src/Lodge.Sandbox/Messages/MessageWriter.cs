using System.Buffers.Binary;
using System.Text;

namespace Lodge.Sandbox;

/// <summary>Writes messages for guests, from the front to the back: every table before what it leads to.</summary>
/// <param name="buffer">Where they go; what does not fit is an error.</param>
internal ref struct MessageWriter(Span<byte> buffer)
{
    private const int HeadBytes = 8;
    private const int RootAt = 4;
    private const int UnionBytes = 12;

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    // Vtables that many tables share; 0 where there is none yet.
    private int _unionVtable;
    private int _narrowVtable;
    private int _wideVtable;

    /// <summary>A call of a guest's function.</summary>
    /// <returns>The message's length.</returns>
    /// <exception cref="ArgumentException">The buffer is too small.</exception>
    public int WriteCall(string name, ReadOnlySpan<GuestValue> arguments, GuestType resultType)
    {
        // Without arguments there is no list.
        ushort list = arguments.IsEmpty ? (ushort)0 : (ushort)8;
        int call = BeginMessage(14, [4, list, 12, 13]);
        _buffer[call + 12] = MessageFormat.GuestCall;
        _buffer[call + 13] = MessageFormat.NumberOf(resultType, isResult: true);
        WriteText(call + 4, name);
        if (!arguments.IsEmpty)
            WriteArguments(call + list, arguments);

        return Finish();
    }

    /// <summary>What a function of the host gives back.</summary>
    /// <returns>The message's length.</returns>
    /// <exception cref="ArgumentException">The buffer is too small.</exception>
    public int WriteResult(GuestValue result)
    {
        int union = BeginMessage(UnionBytes, [4, 8]);
        _buffer[union + 4] = MessageFormat.ResultIsValue;
        int box = WriteTable(ref _unionVtable, UnionBytes, [4, 8]);
        Lead(union + 8, box);
        WriteUnion(box, result, isResult: true);
        return Finish();
    }

    /// <summary>What a function of the host failed with.</summary>
    /// <returns>The message's length.</returns>
    /// <exception cref="ArgumentException">The buffer is too small.</exception>
    public int WriteError(GuestErrorCode code, string text)
    {
        int union = BeginMessage(UnionBytes, [4, 8]);
        _buffer[union + 4] = MessageFormat.ResultIsError;
        int vtable = 0;
        int error = WriteTable(ref vtable, 16, [8, 4], alignment: 8);
        Lead(union + 8, error);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer[(error + 8)..], (ulong)code);
        WriteText(error + 4, text);
        return Finish();
    }

    private void WriteArguments(int at, ReadOnlySpan<GuestValue> arguments)
    {
        int list = Reserve(4 + (4 * arguments.Length), alignment: 4);
        Lead(at, list);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer[list..], arguments.Length);
        for (int i = 0; i < arguments.Length; i++)
        {
            int parameter = WriteTable(ref _unionVtable, UnionBytes, [4, 8]);
            Lead(list + 4 + (4 * i), parameter);
            WriteUnion(parameter, arguments[i], isResult: false);
        }
    }

    /// <summary>Writes a value's type, and the table with the value.</summary>
    private void WriteUnion(int union, GuestValue value, bool isResult)
    {
        _buffer[union + 4] = (byte)(MessageFormat.NumberOf(value.Type, isResult) + 1);
        int vtable = 0;
        int table;
        switch (value.Type)
        {
            case GuestType.Void:
                table = WriteTable(ref vtable, 4, []);
                break;
            case GuestType.String:
                table = WriteTable(ref _narrowVtable, 8, [4]);
                WriteText(table + 4, value.Text);
                break;
            case GuestType.Bytes when isResult:
                table = WriteTable(ref vtable, 12, [4, 8]);
                BinaryPrimitives.WriteInt32LittleEndian(_buffer[(table + 4)..], value.Memory.Length);
                WriteBytes(table + 8, value.Memory.Span);
                break;
            case GuestType.Bytes:
                table = WriteTable(ref _narrowVtable, 8, [4]);
                WriteBytes(table + 4, value.Memory.Span);
                break;
            case GuestType.Long or GuestType.ULong or GuestType.Double:
                table = WriteTable(ref _wideVtable, 16, [8], alignment: 8);
                BinaryPrimitives.WriteUInt64LittleEndian(_buffer[(table + 8)..], value.Bits);
                break;
            default:
                table = WriteTable(ref _narrowVtable, 8, [4]);
                BinaryPrimitives.WriteUInt32LittleEndian(_buffer[(table + 4)..], (uint)value.Bits);
                break;
        }

        Lead(union + 8, table);
    }

    private int BeginMessage(int tableBytes, scoped ReadOnlySpan<ushort> fields)
    {
        _length = 0;
        Reserve(HeadBytes, alignment: 4);
        int vtable = 0;
        int table = WriteTable(ref vtable, tableBytes, fields);
        Lead(RootAt, table);
        return table;
    }

    private readonly int Finish()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, _length - sizeof(int));
        return _length;
    }

    /// <summary>Makes room for a table, behind its vtable where that is not there yet.</summary>
    private int WriteTable(ref int vtable, int bytes, scoped ReadOnlySpan<ushort> fields, int alignment = 4)
    {
        if (vtable == 0)
        {
            vtable = Reserve(4 + (2 * fields.Length), alignment: 2);
            BinaryPrimitives.WriteUInt16LittleEndian(_buffer[vtable..], (ushort)(4 + (2 * fields.Length)));
            BinaryPrimitives.WriteUInt16LittleEndian(_buffer[(vtable + 2)..], (ushort)bytes);
            for (int field = 0; field < fields.Length; field++)
                BinaryPrimitives.WriteUInt16LittleEndian(_buffer[(vtable + 4 + (2 * field))..], fields[field]);
        }

        int table = Reserve(bytes, alignment);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer[table..], table - vtable);
        return table;
    }

    private void WriteText(int at, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        int start = Reserve(4 + length + 1, alignment: 4);
        Lead(at, start);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer[start..], length);
        Encoding.UTF8.GetBytes(text, _buffer.Slice(start + 4, length));
    }

    private void WriteBytes(int at, ReadOnlySpan<byte> bytes)
    {
        int start = Reserve(4 + bytes.Length, alignment: 4);
        Lead(at, start);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer[start..], bytes.Length);
        bytes.CopyTo(_buffer[(start + 4)..]);
    }

    private readonly void Lead(int at, int target) => BinaryPrimitives.WriteInt32LittleEndian(_buffer[at..], target - at);

    /// <summary>Makes room for zeros at a multiple of a size.</summary>
    private int Reserve(int bytes, int alignment)
    {
        int start = (_length + alignment - 1) & -alignment;
        if (bytes > _buffer.Length - start)
        {
            throw new ArgumentException(
                $"The message has more than the {_buffer.Length} bytes that the buffer to the guest has room for "
                    + $"({nameof(SandboxOptions.InputBufferSize)}).");
        }

        _buffer[_length..(start + bytes)].Clear();
        _length = start + bytes;
        return start;
    }
}
