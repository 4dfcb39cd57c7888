using System.Linq.Expressions;

namespace Lodge.Cli;

/// <summary>Something that stands in for a function of the host while a guest is tried out.</summary>
internal sealed class Answer
{
    private const string NoValue = "void:";

    private Answer(string name, Type[] parameters, GuestValue value)
    {
        Name = name;
        IsAsked = true;
        Delegate answer = FunctionOf(value);
        Function = parameters.Length == 0 ? answer : WithParameters(answer, parameters);
    }

    private Answer(string name, Delegate function)
    {
        Name = name;
        Function = function;
    }

    /// <summary>The function's name.</summary>
    public string Name { get; }

    /// <summary>Returns the answer, as its own type, whatever it is given.</summary>
    public Delegate Function { get; }

    /// <summary>Whether somebody has asked for it to be given.</summary>
    public bool IsAsked { get; }

    /// <summary>Whether the guest has got it. A call with other types than it has does not get it.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Reads <c>NAME=VALUE</c>, or <c>NAME(TYPES)=VALUE</c> for a function with parameters; the value <c>void:</c> is
    /// that of a function that returns nothing.</summary>
    /// <exception cref="UsageException">It is no answer.</exception>
    /// <exception cref="IOException">A file that it names cannot be read.</exception>
    public static Answer Parse(string text)
    {
        int sign = text.IndexOf('=', StringComparison.Ordinal);
        if (sign <= 0)
            throw Wrong(text);

        string value = text[(sign + 1)..];
        (string name, Type[] parameters) = Signature(text[..sign], text);
        return new Answer(name, parameters, value == NoValue ? default : ValueText.Parse(value));
    }

    /// <summary>The answer that guests get without anybody saying so: the day of the week.</summary>
    public static Answer Weekday(TimeProvider clock)
        => new("GetWeekday", () => clock.GetLocalNow().DayOfWeek.ToString());

    private static (string Name, Type[] Parameters) Signature(string text, string answer)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
            return (text, []);

        if (open == 0 || !text.EndsWith(')'))
            throw Wrong(answer);

        string types = text[(open + 1)..^1];
        return (text[..open], types.Length == 0 ? [] : [.. types.Split(',').Select(type => TypeOf(type.Trim(), answer))]);
    }

    private static Type TypeOf(string name, string answer) => name switch
    {
        "int" => typeof(int),
        "uint" => typeof(uint),
        "long" => typeof(long),
        "ulong" => typeof(ulong),
        "float" => typeof(float),
        "double" => typeof(double),
        "bool" => typeof(bool),
        "string" => typeof(string),
        "bytes" => typeof(byte[]),
        _ => throw new UsageException(
            $"--answer {answer}: \"{name}\" is no type: there are int, uint, long, ulong, float, double, bool, string, bytes."),
    };

    private static UsageException Wrong(string answer)
        => new($"--answer {answer}: an answer is written as NAME=VALUE, or as NAME(TYPES)=VALUE.");

    // A function says by its type what it returns.
    private Delegate FunctionOf(GuestValue value) => value.Type switch
    {
        GuestType.Void => ReturnNothing,
        GuestType.Int => Returning(value.As<int>),
        GuestType.UInt => Returning(value.As<uint>),
        GuestType.Long => Returning(value.As<long>),
        GuestType.ULong => Returning(value.As<ulong>),
        GuestType.Float => Returning(value.As<float>),
        GuestType.Double => Returning(value.As<double>),
        GuestType.Bool => Returning(value.As<bool>),
        GuestType.String => Returning(value.As<string>),
        _ => Returning(value.As<byte[]>),
    };

    private void ReturnNothing() => IsUsed = true;

    private Func<T> Returning<T>(Func<T> value) => () =>
    {
        IsUsed = true;
        return value();
    };

    // Which types there are is known when the guest is tried out, and not when this is compiled.
    private static Delegate WithParameters(Delegate answer, Type[] parameters)
    {
        InvocationExpression body = Expression.Invoke(Expression.Constant(answer));
        return Expression.Lambda(body, parameters.Select(static type => Expression.Parameter(type))).Compile();
    }
}
