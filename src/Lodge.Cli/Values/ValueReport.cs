namespace Lodge.Cli;

/// <summary>A value as <c>--json</c> writes it: numbers as numbers, bytes in hexadecimal, no value where there is none.</summary>
internal sealed class ValueReport(GuestValue value)
{
    /// <summary>As the prefix of an argument; <c>void</c> where there is no value.</summary>
    public string Type { get; } = NameOf(value.Type);

    public object? Value { get; } = value.Type switch
    {
        GuestType.Void => null,
        GuestType.Int => value.As<int>(),
        GuestType.UInt => value.As<uint>(),
        GuestType.Long => value.As<long>(),
        GuestType.ULong => value.As<ulong>(),
        GuestType.Float => value.As<float>(),
        GuestType.Double => value.As<double>(),
        GuestType.Bool => value.As<bool>(),
        _ => value.ToString(),
    };

    /// <summary>What a type is called on a command line.</summary>
    public static string NameOf(GuestType type) => type.ToString().ToLowerInvariant();
}
