namespace Lodge.Sandbox;

/// <summary>Takes messages of guests apart.</summary>
/// <remarks>What it gives is the host's own: nothing leads into the message any more.</remarks>
internal static class MessageReader
{
    /// <summary>The result of a guest's function, or its error.</summary>
    /// <exception cref="ProtocolException">The message is not one.</exception>
    public static GuestValue ReadResult(ReadOnlySpan<byte> message, out GuestError? error)
    {
        FlatTable result = FlatTable.Root(message);
        byte kind = result.Byte(MessageFormat.UnionType);
        FlatTable inner = result.Table(MessageFormat.UnionValue, "result");
        error = null;
        switch (kind)
        {
            case MessageFormat.ResultIsValue:
                int room = message.Length;
                return ReadUnion(inner, isResult: true, ref room);
            case MessageFormat.ResultIsError:
                error = new GuestError(
                    (GuestErrorCode)inner.UInt64(MessageFormat.ErrorCode),
                    inner.LooseText(MessageFormat.ErrorMessage, "error's text"));
                return GuestValue.Void;
            default:
                throw new ProtocolException($"The result is of kind {kind}, which there is not.");
        }
    }

    /// <summary>A guest's call of a function of the host.</summary>
    /// <param name="message">The message.</param>
    /// <param name="arguments">Where the arguments go: <see cref="MessageFormat.MostParameters"/>.</param>
    /// <exception cref="ProtocolException">The message is not one.</exception>
    public static FunctionCall ReadCall(ReadOnlySpan<byte> message, Span<GuestValue> arguments)
    {
        FlatTable call = FlatTable.Root(message);
        byte kind = call.Byte(MessageFormat.CallKind);
        if (kind != MessageFormat.HostCall)
            ProtocolException.Throw($"The guest's call is of kind {kind}, which is no call of the host.");

        if (call.TextBytes(MessageFormat.CallName, "function's name").Length > MessageFormat.MostNameBytes)
            ProtocolException.Throw($"The function's name is longer than {MessageFormat.MostNameBytes} bytes.");

        int count = call.Count(MessageFormat.CallParameters, "list of parameters");
        if (count > MessageFormat.MostParameters)
            ProtocolException.Throw($"The call has {count} parameters, and {MessageFormat.MostParameters} is the most.");

        int room = message.Length;
        for (int i = 0; i < count; i++)
        {
            FlatTable parameter = call.TableAt(MessageFormat.CallParameters, i, "list of parameters");
            arguments[i] = ReadUnion(parameter, isResult: false, ref room);
        }

        byte number = call.Byte(MessageFormat.CallResultType);
        if (!MessageFormat.TryGetType(number, isResult: true, out GuestType resultType))
            ProtocolException.Throw($"The call wants a result of type {number}, which there is not.");

        return new FunctionCall(call.Text(MessageFormat.CallName, "function's name"), count, resultType);
    }

    /// <summary>The level of a record that a guest logs.</summary>
    /// <exception cref="ProtocolException">The message is not one.</exception>
    public static byte ReadLogLevel(ReadOnlySpan<byte> message) => FlatTable.Root(message).Byte(MessageFormat.LogLevel);

    /// <summary>A record that a guest logs. Bytes that are no text are replaced.</summary>
    /// <exception cref="ProtocolException">The message is not one.</exception>
    public static GuestLogRecord ReadLog(ReadOnlySpan<byte> message)
    {
        FlatTable record = FlatTable.Root(message);
        return new GuestLogRecord(
            record.LooseText(MessageFormat.LogMessage, "log's text"),
            record.LooseText(MessageFormat.LogSource, "log's source"),
            record.Byte(MessageFormat.LogLevel),
            record.LooseText(MessageFormat.LogCaller, "log's caller"),
            record.LooseText(MessageFormat.LogFile, "log's file"),
            record.UInt32(MessageFormat.LogLine));
    }

    /// <summary>A value of a message.</summary>
    /// <param name="table">The value.</param>
    /// <param name="isResult">Whether it is a result and no parameter.</param>
    /// <param name="room">How many bytes texts and bytes may have yet: several values may lie at one place, and together they
    /// have no more than the message.</param>
    private static GuestValue ReadUnion(FlatTable table, bool isResult, ref int room)
    {
        int number = table.Byte(MessageFormat.UnionType) - 1;
        if (!MessageFormat.TryGetType(number, isResult, out GuestType type))
            ProtocolException.Throw($"A value is of type {number + 1}, which there is not.");

        FlatTable value = table.Table(MessageFormat.UnionValue, "value");
        switch (type)
        {
            case GuestType.Int:
                return (int)value.UInt32(0);
            case GuestType.UInt:
                return value.UInt32(0);
            case GuestType.Long:
                return (long)value.UInt64(0);
            case GuestType.ULong:
                return value.UInt64(0);
            case GuestType.Float:
                return BitConverter.UInt32BitsToSingle(value.UInt32(0));
            case GuestType.Double:
                return BitConverter.UInt64BitsToDouble(value.UInt64(0));
            case GuestType.Bool:
                return value.Byte(0) != 0;
            case GuestType.String:
                Take(value.TextBytes(0, "string"), ref room);
                return value.Text(0, "string");
            case GuestType.Bytes:
                // A result has its size twice: what counts is the vector's own.
                int field = isResult ? 1 : 0;
                return value.Has(field) ? Take(value.Bytes(field, "bytes"), ref room).ToArray() : Array.Empty<byte>();
            default:
                return GuestValue.Void;
        }
    }

    private static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> bytes, ref int room)
    {
        room -= bytes.Length;
        if (room < 0)
            ProtocolException.Throw("The values of a message have more bytes than it.");

        return bytes;
    }
}
