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
                return ReadUnion(inner, isResult: true);
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

        for (int i = 0; i < count; i++)
        {
            FlatTable parameter = call.TableAt(MessageFormat.CallParameters, i, "list of parameters");
            arguments[i] = ReadUnion(parameter, isResult: false);
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

    private static GuestValue ReadUnion(FlatTable table, bool isResult)
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
                return value.Text(0, "string");
            case GuestType.Bytes when isResult:
                // With its size twice: what counts is the vector's own.
                return value.Has(1) ? value.Bytes(1, "bytes").ToArray() : Array.Empty<byte>();
            case GuestType.Bytes:
                return value.Has(0) ? value.Bytes(0, "bytes").ToArray() : Array.Empty<byte>();
            default:
                return GuestValue.Void;
        }
    }
}
