namespace Lodge.Cli;

/// <summary>Something that stands in for a function of the host without parameters, while a guest is tried out.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Function">Returns the answer, as its own type.</param>
internal sealed record Answer(string Name, Delegate Function)
{
    private const string NoValue = "void:";

    /// <summary>Reads <c>NAME=VALUE</c>; the value <c>void:</c> is that of a function that returns nothing.</summary>
    /// <exception cref="UsageException">It is no answer.</exception>
    /// <exception cref="IOException">A file that it names cannot be read.</exception>
    public static Answer Parse(string text)
    {
        int sign = text.IndexOf('=', StringComparison.Ordinal);
        if (sign <= 0)
            throw new UsageException($"--answer {text}: an answer is written as NAME=VALUE.");

        string value = text[(sign + 1)..];
        return new Answer(text[..sign], value == NoValue ? ReturnNothing : FunctionOf(ValueText.Parse(value)));
    }

    /// <summary>The answer that guests get without anybody saying so: the day of the week.</summary>
    public static Answer Weekday(TimeProvider clock)
        => new("GetWeekday", () => clock.GetLocalNow().DayOfWeek.ToString());

    private static void ReturnNothing()
    {
    }

    // A function says by its type what it returns.
    private static Delegate FunctionOf(GuestValue value) => value.Type switch
    {
        GuestType.Int => value.As<int>,
        GuestType.UInt => value.As<uint>,
        GuestType.Long => value.As<long>,
        GuestType.ULong => value.As<ulong>,
        GuestType.Float => value.As<float>,
        GuestType.Double => value.As<double>,
        GuestType.Bool => value.As<bool>,
        GuestType.String => value.As<string>,
        _ => value.As<byte[]>,
    };
}
