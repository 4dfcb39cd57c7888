using System.Text.Json.Nodes;

namespace Lodge.Sandbox.Tests;

/// <summary>A message as values, to be written, read and compared in several ways.</summary>
/// <param name="Name">The function's name, or the error's text; null for a result.</param>
/// <param name="Values">The arguments, or the result.</param>
/// <param name="Type">The type of result that a call wants.</param>
/// <param name="Code">The error's code; null for what is no error.</param>
public sealed record MessageCase(string? Name, GuestValue[] Values, GuestType Type = GuestType.Void, ulong? Code = null)
{
    private static readonly (string Name, GuestType Type)[] ResultTypes =
    [
        ("hlint", GuestType.Int), ("hluint", GuestType.UInt), ("hllong", GuestType.Long), ("hlulong", GuestType.ULong),
        ("hlfloat", GuestType.Float), ("hldouble", GuestType.Double), ("hlstring", GuestType.String), ("hlbool", GuestType.Bool),
        ("hlvoid", GuestType.Void), ("hlsizeprefixedbuffer", GuestType.Bytes),
    ];

    public static GuestValue[] Arguments { get; } =
    [
        0, 1, -1, int.MinValue, int.MaxValue, 0U, 1U, 1U << 31, uint.MaxValue,
        0L, 1L, -1L, long.MinValue, long.MaxValue, 0UL, 1UL, 1UL << 63, ulong.MaxValue,
        0f, -0f, 1.5f, float.Epsilon, float.MinValue, float.MaxValue, float.NegativeInfinity, float.PositiveInfinity, float.NaN,
        BitConverter.UInt32BitsToSingle(0x7fc1_2345), BitConverter.UInt32BitsToSingle(0xff80_0001),
        0d, -0d, 1.5, double.Epsilon, double.MinValue, double.MaxValue, double.NegativeInfinity, double.NaN,
        BitConverter.UInt64BitsToDouble(0x7ff0_0000_0000_0001),
        true, false, "", "a", "abc", "abcd", "\u00e4\u00f6\u00fc \u20ac \ud83d\ude00", "\"\\\t\n</script>", new string('x', 1000),
        Array.Empty<byte>(), new byte[] { 0 }, new byte[] { 255, 0, 1 }, new byte[4], new byte[1001],
        Enumerable.Range(0, 256).Select(i => (byte)i).ToArray(),
    ];

    public static GuestValue[] Results { get; } = [.. Arguments, GuestValue.Void];

    public static string[] Names { get; } = ["f", "", "add", "Print", "\u00fcn\u00ef \ud83d\ude00", new string('n', 256)];

    /// <summary>With 0 to 16 arguments, each value in many places, each type of result.</summary>
    public static MessageCase[] Calls { get; } =
    [
        .. from count in Enumerable.Range(0, 17)
           from first in Enumerable.Range(0, count == 0 ? ResultTypes.Length : Arguments.Length)
           where first % (count + 1) == 0
           select new MessageCase(
               Names[(first + count) % Names.Length],
               [.. Enumerable.Range(first, count).Select(i => Arguments[i % Arguments.Length])],
               ResultTypes[(first + count) % ResultTypes.Length].Type),
    ];

    public static MessageCase[] Answers { get; } =
    [
        .. Results.Select(value => new MessageCase(null, [value])),
        .. from code in new ulong[] { 0, 2, 15, 17, 1UL << 32, ulong.MaxValue }
           from text in Names
           select new MessageCase(text, [], Code: code),
    ];

    public bool IsCall => Name is not null && Code is null;

    /// <summary>As the library writes it.</summary>
    public byte[] Write()
    {
        var buffer = new byte[1 << 16];
        buffer.AsSpan().Fill(0xa5);
        return buffer[..Write(buffer)];
    }

    public int Write(Span<byte> buffer)
        => IsCall ? new MessageWriter(buffer).WriteCall(Name!, Values, Type)
            : Code is { } code ? new MessageWriter(buffer).WriteError((GuestErrorCode)code, Name!)
            : new MessageWriter(buffer).WriteResult(Values[0]);

    /// <summary>As JSON of the schema, where floating-point numbers stand as their bits.</summary>
    /// <param name="kind">Who is called.</param>
    public JsonObject ToJson(string kind)
    {
        if (!IsCall)
        {
            return new JsonObject
            {
                ["result_type"] = Code is null ? "ReturnValueBox" : "GuestError",
                ["result"] = Code is { } code
                    ? new JsonObject { ["code"] = code, ["message"] = Name }
                    : ToJson(Values[0], isResult: true),
            };
        }

        var call = new JsonObject { ["function_name"] = Name };
        if (Values.Length != 0)
            call["parameters"] = new JsonArray([.. Values.Select(value => ToJson(value, isResult: false))]);

        call["function_call_type"] = kind;
        call["expected_return_type"] = ResultTypes.Single(type => type.Type == Type).Name;
        return call;
    }

    private static JsonObject ToJson(GuestValue value, bool isResult)
    {
        var content = new JsonObject();
        string type = ResultTypes.Single(type => type.Type == value.Type).Name;
        switch (value.Type)
        {
            case GuestType.Void:
                break;
            case GuestType.String:
                content["value"] = value.As<string>();
                break;
            case GuestType.Bytes:
                if (isResult)
                    content["size"] = value.As<byte[]>().Length;

                type = isResult ? type : "hlvecbytes";
                content["value"] = new JsonArray([.. value.As<byte[]>().Select(number => JsonValue.Create((int)number))]);
                break;
            case GuestType.Bool:
                content["value"] = value.As<bool>();
                break;
            case GuestType.Int:
                content["value"] = value.As<int>();
                break;
            case GuestType.Long:
                content["value"] = value.As<long>();
                break;
            default:
                content["value"] = value.Bits;
                break;
        }

        return new JsonObject { ["value_type"] = type, ["value"] = content };
    }
}
