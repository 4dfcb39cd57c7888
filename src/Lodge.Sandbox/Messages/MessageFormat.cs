namespace Lodge.Sandbox;

/// <summary>Numbers of the messages: FlatBuffers (https://flatbuffers.dev/internals/) with a size prefix, of the schema of the
/// Hyperlight guest ABI, 0.16 line.</summary>
/// <remarks>
/// Positions count from the size prefix, which alignment counts from too. A table begins with the distance back to its
/// vtable; a vtable has its own size, the table's size, and for each field its place in the table, 0 where it has none. A
/// union field has two: the type, and what it is.
/// </remarks>
internal static class MessageFormat
{
    /// <summary>How many parameters a function may have.</summary>
    public const int MostParameters = 16;

    /// <summary>Up to how many bytes of a function's name are looked at.</summary>
    public const int MostNameBytes = 256;

    public const int CallName = 0;
    public const int CallParameters = 1;
    public const int CallKind = 2;
    public const int CallResultType = 3;

    public const int UnionType = 0;
    public const int UnionValue = 1;

    public const int ErrorCode = 0;
    public const int ErrorMessage = 1;

    public const int LogMessage = 0;
    public const int LogSource = 1;
    public const int LogLevel = 2;
    public const int LogCaller = 3;
    public const int LogFile = 4;
    public const int LogLine = 5;

    public const byte GuestCall = 1;
    public const byte HostCall = 2;

    public const byte ResultIsValue = 1;
    public const byte ResultIsError = 2;

    // In the order of the unions, from 1, and of the enums, from 0.
    private static ReadOnlySpan<GuestType> ParameterTypes
        => [
            GuestType.Int, GuestType.UInt, GuestType.Long, GuestType.ULong, GuestType.Float, GuestType.Double, GuestType.String,
            GuestType.Bool, GuestType.Bytes,
        ];

    private static ReadOnlySpan<GuestType> ResultTypes
        => [
            GuestType.Int, GuestType.UInt, GuestType.Long, GuestType.ULong, GuestType.Float, GuestType.Double, GuestType.String,
            GuestType.Bool, GuestType.Void, GuestType.Bytes,
        ];

    /// <summary>A type's number in the enum of parameters, or of results; its number in the union is one more.</summary>
    public static byte NumberOf(GuestType type, bool isResult)
        => (byte)(isResult ? ResultTypes : ParameterTypes).IndexOf(type);

    /// <summary>The type of a number in the enum.</summary>
    public static bool TryGetType(int number, bool isResult, out GuestType type)
    {
        ReadOnlySpan<GuestType> types = isResult ? ResultTypes : ParameterTypes;
        bool isKnown = (uint)number < (uint)types.Length;
        type = isKnown ? types[number] : GuestType.Void;
        return isKnown;
    }

    /// <summary>The size of a type's value in its table, in bytes; 4 for the distance to what is elsewhere.</summary>
    public static int SizeOf(GuestType type) => type switch
    {
        GuestType.Bool => 1,
        GuestType.Long or GuestType.ULong or GuestType.Double => 8,
        _ => 4,
    };
}
