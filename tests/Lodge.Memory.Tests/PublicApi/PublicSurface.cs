using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Lodge.Memory.Tests;

/// <summary>Writes down all that an assembly shows to others, as sorted text that reads like C#.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared
        = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // Not safe for two threads at a time, and nobody has two.
    private static readonly NullabilityInfoContext Nullability = new();

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => CSharpNames.Of(type), StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (string member in Members(type).Distinct().Order(StringComparer.Ordinal))
                text.Append("    ").Append(member).Append('\n');

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string Header(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
            return $"public delegate {Method(type.GetMethod("Invoke")!)}".Replace(" Invoke(", $" {CSharpNames.Of(type)}(", StringComparison.Ordinal);

        string kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => $"{(IsReadOnly(type) ? "readonly " : "")}{(type.IsByRefLike ? "ref " : "")}struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            _ => $"{(type.IsSealed ? "sealed " : type.IsAbstract ? "abstract " : "")}class",
        };

        var bases = new List<string>();
        if (type.IsEnum)
            bases.Add(CSharpNames.Of(type.GetEnumUnderlyingType()));
        else if (type.IsClass && type.BaseType != typeof(object))
            bases.Add(CSharpNames.Of(type.BaseType!));

        if (!type.IsEnum)
            bases.AddRange(type.GetInterfaces().Where(shown => shown.IsVisible).Select(CSharpNames.Of).Order(StringComparer.Ordinal));

        string attributes = type.IsDefined(typeof(FlagsAttribute)) ? "[Flags] " : "";
        return $"{attributes}public {kind} {CSharpNames.Of(type)}{(bases.Count == 0 ? "" : " : " + string.Join(", ", bases))}"
            + CSharpNames.Constraints(type.GetGenericArguments());
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
            yield break;

        if (type.IsEnum)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
                yield return $"{field.Name} = {field.GetRawConstantValue()},";

            yield break;
        }

        foreach (MemberInfo member in type.GetMembers(Declared).Where(member => !member.Name.StartsWith('<')))
        {
            string? line = member switch
            {
                ConstructorInfo constructor when IsShown(constructor) => $"{Access(constructor)}{type.Name.Split('`')[0]}({Parameters(constructor)});",
                PropertyInfo property when property.GetAccessors(nonPublic: true).Any(IsShown) => Property(property),
                FieldInfo field when field.IsPublic || field.IsFamily => Field(field),
                EventInfo { AddMethod: { } add } happening when IsShown(add) => $"event {CSharpNames.Of(happening.EventHandlerType!)} {happening.Name};",
                MethodInfo method when IsShown(method) && !IsAccessor(method) => $"{Access(method)}{Modifiers(method)}{Method(method)};",
                _ => null,
            };

            if (line is not null)
                yield return line;
        }
    }

    private static string Field(FieldInfo field)
    {
        string value = field.IsLiteral ? $" = {CSharpNames.Literal(field.GetRawConstantValue())}" : "";
        string modifiers = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        return $"{modifiers}{CSharpNames.Of(field.FieldType)}{CSharpNames.NullMark(Nullability.Create(field))} {field.Name}{value};";
    }

    private static string Property(PropertyInfo property)
    {
        MethodInfo first = property.GetAccessors(nonPublic: true).First(IsShown);
        string name = property.GetIndexParameters().Length == 0 ? property.Name : $"this[{string.Join(", ", property.GetIndexParameters().Select(Parameter))}]";
        string get = property.GetMethod is { } getter && IsShown(getter) ? $"{Access(getter)}get; " : "";
        string set = property.SetMethod is { } setter && IsShown(setter) ? $"{Access(setter)}{(IsInit(setter) ? "init" : "set")}; " : "";
        return $"{Modifiers(first)}{CSharpNames.Of(property.PropertyType)}{CSharpNames.NullMark(Nullability.Create(property))} {name} {{ {get}{set}}}";
    }

    private static string Method(MethodInfo method)
    {
        Type[] arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        string generic = arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(argument => argument.Name))}>";
        string extension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        string returned = CSharpNames.Of(method.ReturnType) + CSharpNames.NullMark(Nullability.Create(method.ReturnParameter));
        return $"{returned} {method.Name}{generic}({extension}{Parameters(method)}){CSharpNames.Constraints(arguments)}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        string direction = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
        string many = parameter.GetCustomAttributesData().Any(data => data.AttributeType.Name is "ParamArrayAttribute" or "ParamCollectionAttribute") ? "params " : "";
        string preset = parameter.HasDefaultValue ? $" = {CSharpNames.Literal(parameter.DefaultValue)}" : "";
        string type = CSharpNames.Of(parameter.ParameterType) + CSharpNames.NullMark(Nullability.Create(parameter));
        return $"{many}{direction}{type} {parameter.Name}{preset}";
    }

    private static string Modifiers(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface)
            return method.IsStatic ? "static " : "";

        return method switch
        {
            { IsStatic: true } => "static ",
            { IsAbstract: true } => "abstract ",
            { IsVirtual: true, IsFinal: false } when method.GetBaseDefinition() != method => "override ",
            { IsVirtual: true, IsFinal: false } when !method.DeclaringType.IsSealed => "virtual ",
            _ => "",
        };
    }

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static bool IsShown(MethodBase method)
        => method.IsPublic || (method.IsFamily && !method.DeclaringType!.IsSealed) || (method.IsFamilyOrAssembly && !method.DeclaringType!.IsSealed);

    private static bool IsAccessor(MethodInfo method)
        => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsInit(MethodInfo setter)
        => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static bool IsReadOnly(Type type) => type.IsDefined(typeof(IsReadOnlyAttribute));
}
