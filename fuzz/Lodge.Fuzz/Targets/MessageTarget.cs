using System.Buffers.Binary;

namespace Lodge.Fuzz;

/// <summary>Messages of guests, read as calls, as results and as log records. What is read is written again, and has to be read
/// as the same.</summary>
internal sealed class MessageTarget : FuzzTarget
{
    // A call may name one vector sixteen times, and a text takes two bytes for each of UTF-8; the rest is an exception's.
    private const int MostPerByte = 2 * MessageFormat.MostParameters;
    private const int MostPerMessage = 64 << 10;
    private const int PrefixBytes = 4;

    private readonly GuestValue[] _arguments = new GuestValue[MessageFormat.MostParameters];

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. MessageCase.Calls.Where((_, i) => i % 7 == 0).Select((call, i) => NaiveMessage.Of(call, omitsDefaults: i % 2 == 0)),
        .. MessageCase.Calls.Where((_, i) => i % 9 == 0).Select(WrittenCall),
        .. MessageCase.Answers.Where((_, i) => i % 2 == 0)
            .Select((answer, i) => NaiveMessage.Of(answer, omitsDefaults: i % 2 == 0)),
        .. MessageCase.Answers.Where((_, i) => i % 2 == 1).Select(answer => answer.Write()),
        NaiveMessage.OfLog(new GuestLogRecord("a text", "source", 3, "caller", "file.c", 77)),
        NaiveMessage.OfLog(new GuestLogRecord("", "", 0, "", "", 0)),
    ];

    public override int MostBytes => 8 << 10;

    public override bool Run(byte[] input, Probe probe)
    {
        long most = ((long)input.Length * MostPerByte) + MostPerMessage;
        FunctionCall call = default;
        bool isCall = probe.Try<ProtocolException>(
            "ReadCall", most, () => call = MessageReader.ReadCall(input, _arguments));
        if (isCall)
            CheckCall(call, _arguments[..call.Count], probe);

        GuestValue result = default;
        GuestError? error = null;
        bool isResult = probe.Try<ProtocolException>(
            "ReadResult", most, () => result = MessageReader.ReadResult(input, out error));
        if (isResult)
            CheckResult(result, error, probe);

        GuestLogRecord? record = null;
        byte level = 0;
        bool isRecord = probe.Try<ProtocolException>("ReadLog", most, () => record = MessageReader.ReadLog(input));
        bool hasLevel = probe.Try<ProtocolException>("ReadLogLevel", most, () => level = MessageReader.ReadLogLevel(input));
        if (isRecord)
        {
            FuzzFailureException.Require(hasLevel && level == record!.Level, "A record has one level, and alone another.");
            CheckRecord(record, probe);
        }

        return isCall || isResult || isRecord;
    }

    /// <summary>Half of the time the size at the start is made to fit, or nothing else would ever be tried on messages of another
    /// length.</summary>
    public override byte[] Mutate(Random random, byte[] input, byte[] other)
    {
        byte[] changed = base.Mutate(random, input, other);
        if (changed.Length >= PrefixBytes && random.Next(2) == 0)
            BinaryPrimitives.WriteInt32LittleEndian(changed, changed.Length - PrefixBytes);

        return changed;
    }

    private static void CheckCall(FunctionCall call, GuestValue[] arguments, Probe probe)
    {
        probe.Saw("name", (ulong)call.Name.Length);
        probe.Saw($"arguments {arguments.Length}");
        probe.Saw($"wanted {call.ResultType}");
        foreach (GuestValue argument in arguments)
            Saw("argument", argument, probe);

        // By the library, and by the tests' own writer, which shares nothing with it.
        var same = new MessageCase(call.Name, arguments, call.ResultType);
        foreach (byte[] message in new[] { WrittenCall(same), NaiveMessage.Of(same, omitsDefaults: false) })
        {
            var again = new GuestValue[MessageFormat.MostParameters];
            FuzzFailureException.Require(
                MessageReader.ReadCall(message, again) == call && again.AsSpan(0, call.Count).SequenceEqual(arguments),
                $"{call} is read as something else when it is written again.");
        }
    }

    private static void CheckResult(GuestValue result, GuestError? error, Probe probe)
    {
        if (error is null)
            Saw("result", result, probe);
        else
            probe.Saw($"error {Enum.IsDefined(error.Code)}", (ulong)error.Text.Length);

        var same = new MessageCase(error?.Text, error is null ? [result] : [], Code: (ulong?)error?.Code);
        foreach (byte[] message in new[] { Written(same), NaiveMessage.Of(same, omitsDefaults: false) })
        {
            GuestValue again = MessageReader.ReadResult(message, out GuestError? sameError);
            FuzzFailureException.Require(
                again == result && sameError == error, "A result is read as something else when it is written again.");
        }
    }

    private static void CheckRecord(GuestLogRecord record, Probe probe)
    {
        probe.Saw("log", (ulong)record.Message.Length);
        probe.Saw("log source", (ulong)record.Source.Length);
        probe.Saw("log caller", (ulong)record.Caller.Length);
        probe.Saw("log file", (ulong)record.File.Length);
        FuzzFailureException.Require(
            MessageReader.ReadLog(NaiveMessage.OfLog(record)) == record, "A record is read as another when it is written again.");
    }

    private static void Saw(string what, GuestValue value, Probe probe)
        => probe.Saw($"{what} {value.Type}", value.Type switch
        {
            GuestType.String => (ulong)value.Text.Length,
            GuestType.Bytes => (ulong)value.Memory.Length,
            _ => value.Bits,
        });

    private static byte[] WrittenCall(MessageCase call)
    {
        byte[] message = Written(call);

        // The library writes calls of guests, and reads those of hosts.
        int table = PrefixBytes + BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(PrefixBytes));
        int vtable = table - BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(table));
        int kind = BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(vtable + 4 + (2 * MessageFormat.CallKind)));
        message[table + kind] = MessageFormat.HostCall;
        return message;
    }

    private static byte[] Written(MessageCase message)
    {
        // A text has at most three bytes for each character, a value a hundred around it.
        int bytes = 4096 + (3 * (message.Name?.Length ?? 0)) + message.Values.Sum(static value => value.Type switch
        {
            GuestType.String => 3 * value.Text.Length,
            GuestType.Bytes => value.Memory.Length,
            _ => 0,
        });
        var buffer = new byte[bytes];
        return buffer[..message.Write(buffer)];
    }
}
