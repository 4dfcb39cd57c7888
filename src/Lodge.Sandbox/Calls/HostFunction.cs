using System.Reflection;

namespace Lodge.Sandbox;

/// <summary>A function of the host that guests can call.</summary>
internal sealed class HostFunction
{
    private readonly Delegate _function;
    private readonly MethodInvoker _invoker;
    private readonly GuestType[] _parameters;
    private readonly GuestType _result;

    // Whether it is a static method whose first argument is the delegate's target.
    private readonly bool _isBound;

    // The parameters in the delegate's order: which of the guest's arguments, or the token.
    private readonly int[] _sources;
    private readonly Type[] _types;

    private const int Token = -1;

    public HostFunction(string name, Delegate function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        if (System.Text.Encoding.UTF8.GetByteCount(name) > MessageFormat.MostNameBytes)
            throw new ArgumentException($"The name has more than {MessageFormat.MostNameBytes} bytes.", nameof(name));

        if (!function.HasSingleTarget)
            throw new ArgumentException("The delegate has more than one target.", nameof(function));

        MethodInfo method = function.Method;
        if (!method.IsStatic && function.Target is null)
            throw new ArgumentException("The delegate is of an instance's method and has no instance.", nameof(function));

        Name = name;
        _function = function;
        _invoker = MethodInvoker.Create(method);

        _isBound = method.IsStatic && function.Target is not null;
        ParameterInfo[] parameters = method.GetParameters()[(_isBound ? 1 : 0)..];
        _types = [.. parameters.Select(static parameter => parameter.ParameterType)];
        _sources = new int[parameters.Length];
        var types = new List<GuestType>();
        for (int i = 0; i < parameters.Length; i++)
        {
            if (_types[i] == typeof(CancellationToken))
            {
                _sources[i] = Token;
                continue;
            }

            _sources[i] = types.Count;
            if (!GuestValue.TryGetType(_types[i], out GuestType type) || type == GuestType.Void)
                throw Unknown($"parameter {parameters[i].Name}", _types[i]);

            types.Add(type);
        }

        if (types.Count > MessageFormat.MostParameters)
            throw new ArgumentException($"{name} has more than {MessageFormat.MostParameters} parameters.", nameof(function));

        if (!GuestValue.TryGetType(method.ReturnType, out _result))
            throw Unknown("result", method.ReturnType);

        _parameters = [.. types];
    }

    public string Name { get; }

    /// <summary>Calls the function.</summary>
    /// <exception cref="ArgumentException">The guest gives other types than the function takes, or wants another
    /// result.</exception>
    public GuestValue Invoke(ReadOnlySpan<GuestValue> arguments, GuestType wanted, CancellationToken token)
    {
        if (arguments.Length != _parameters.Length)
            throw new ArgumentException($"{Name} takes {_parameters.Length} parameters, and got {arguments.Length}.");

        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Type != _parameters[i])
            {
                throw new ArgumentException(
                    $"Parameter {i + 1} of {Name} is of type {_parameters[i]}, and got {arguments[i].Type}.");
            }
        }

        if (_result != wanted)
            throw new ArgumentException($"{Name} returns {_result}, and the guest wants {wanted}.");

        var values = new object?[_sources.Length + (_isBound ? 1 : 0)];
        int at = 0;
        if (_isBound)
            values[at++] = _function.Target;

        for (int i = 0; i < _sources.Length; i++)
            values[at++] = _sources[i] == Token ? token : arguments[_sources[i]].ToObject(_types[i]);

        object? result = _invoker.Invoke(_function.Method.IsStatic ? null : _function.Target, values.AsSpan());
        if (result is null && _result != GuestType.Void)
            throw new InvalidOperationException($"{Name} returned null.");

        return GuestValue.FromObject(result);
    }

    private static ArgumentException Unknown(string what, Type type)
        => new($"The {what} is a {type.Name}, which guests do not know: they know int, uint, long, ulong, float, double, bool, "
            + "string, byte[] and ReadOnlyMemory<byte>.");
}
