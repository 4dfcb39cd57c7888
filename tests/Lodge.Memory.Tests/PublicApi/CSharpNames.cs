using System.Globalization;
using System.Reflection;

namespace Lodge.Memory.Tests;

/// <summary>Types and values as C# writes them.</summary>
internal static class CSharpNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(char)] = "char",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    public static string Of(Type type)
    {
        if (Keywords.TryGetValue(type, out string? keyword))
            return keyword;

        if (type.IsByRef || type.IsPointer || type.IsArray)
            return Of(type.GetElementType()!) + (type.IsPointer ? "*" : type.IsArray ? "[]" : "");

        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Of(underlying) + "?";

        if (type.IsGenericParameter)
            return type.Name;

        Type[] arguments = type.GetGenericArguments();
        string outer = "";
        if (type.DeclaringType is { } declaring)
        {
            outer = Of(declaring.IsGenericTypeDefinition && !type.IsGenericTypeDefinition
                ? declaring.MakeGenericType(arguments[..declaring.GetGenericArguments().Length])
                : declaring) + ".";
            arguments = arguments[declaring.GetGenericArguments().Length..];
        }

        string name = outer + type.Name.Split('`')[0];
        return arguments.Length == 0 ? name : $"{name}<{string.Join(", ", arguments.Select(Of))}>";
    }

    /// <summary>The question mark behind a reference that may be null.</summary>
    public static string NullMark(NullabilityInfo info)
        => info.ReadState == NullabilityState.Nullable && Nullable.GetUnderlyingType(info.Type) is null ? "?" : "";

    public static string Constraints(IEnumerable<Type> parameters)
        => string.Concat(parameters.Where(parameter => parameter.IsGenericParameter).Select(Constraint));

    public static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        Enum member => $"{Of(member.GetType())}.{member}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Constraint(Type parameter)
    {
        bool isUnmanaged = parameter.GetCustomAttributesData().Any(data => data.AttributeType.Name == "IsUnmanagedAttribute");
        GenericParameterAttributes special = parameter.GenericParameterAttributes;
        var constraints = new List<string>();
        if (isUnmanaged)
            constraints.Add("unmanaged");
        else if ((special & GenericParameterAttributes.NotNullableValueTypeConstraint) != 0)
            constraints.Add("struct");
        else if ((special & GenericParameterAttributes.ReferenceTypeConstraint) != 0)
            constraints.Add("class");

        constraints.AddRange(parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(Of));
        return constraints.Count == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", constraints)}";
    }
}
