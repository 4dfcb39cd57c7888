using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Lodge.Memory;

/// <summary>Which types may cross the boundary between host and guest as raw bytes.</summary>
/// <remarks>
/// <para>A type is plain data if every pattern of its bits is a value of it and none of its bytes is padding: the integers,
/// the floating-point numbers, enums, and structures of plain data without gaps. <c>bool</c>, <c>char</c>, <c>decimal</c>,
/// pointers and native-sized integers are not: a guest could make a <c>bool</c> of 7, padding would carry host bytes to the
/// guest, and the size of the others is the host's affair.</para>
/// <para>A type is checked once; compiled code then carries no check. A type whose fields reflection cannot see (metadata
/// trimmed away) is refused.</para>
/// </remarks>
public static class PlainData
{
    /// <summary>Whether values of <typeparamref name="T"/> may be read from and written to guest memory.</summary>
    public static bool IsPlain<T>() where T : unmanaged => Check<T>.Passed;

    /// <summary>Throws unless <typeparamref name="T"/> is plain data.</summary>
    /// <exception cref="NotSupportedException">It is not; the message names the field that is at fault.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ThrowIfNot<T>() where T : unmanaged
    {
        if (!Check<T>.Passed)
            Throw(Check<T>.Problem!);
    }

    [DoesNotReturn]
    private static void Throw(string problem) => throw new NotSupportedException(problem);

    private static string? FindProblem(Type type, string path)
    {
        if (type.IsEnum)
            type = type.GetEnumUnderlyingType();

        switch (Type.GetTypeCode(type))
        {
            case TypeCode.Boolean:
                return $"{path} is a bool, and a guest could give it a value that is neither true nor false: use a byte.";
            case TypeCode.Char:
                return $"{path} is a char: use a ushort.";
            case TypeCode.Decimal or TypeCode.DateTime:
                return $"{path} is a {type.Name}, of which not every pattern of bits is a value.";
            case not TypeCode.Object:
                return null;
        }

        if (type == typeof(Half) || type == typeof(Int128) || type == typeof(UInt128))
            return null;

        if (type == typeof(Rune) || type == typeof(DateOnly) || type == typeof(TimeOnly))
            return $"{path} is a {type.Name}, of which not every pattern of bits is a value.";

        if (type.IsPointer || type.IsFunctionPointer || type == typeof(nint) || type == typeof(nuint))
            return $"{path} is a pointer or of the host's pointer size: use an integer of a fixed size.";

        return FindProblemInFields(type, path);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "A type whose fields were trimmed is refused.")]
    private static string? FindProblemInFields(Type type, string path)
    {
        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        if (fields.Length == 0)
            return $"{path} ({type.Name}) has no fields, or none that reflection can see.";

        int size = SizeOf(type);
        int covered = 0;
        var coveredByExplicitLayout = new bool[type.IsExplicitLayout ? size : 0];
        foreach (FieldInfo field in fields)
        {
            string? problem = FindProblem(field.FieldType, $"{path}.{field.Name}");
            if (problem is not null)
                return problem;

            int fieldSize = SizeOf(field.FieldType);
            covered += fieldSize;
            if (type.IsExplicitLayout)
                coveredByExplicitLayout.AsSpan(field.GetCustomAttribute<FieldOffsetAttribute>()!.Value, fieldSize).Fill(true);
        }

        if (type.IsExplicitLayout)
            covered = coveredByExplicitLayout.Count(isCovered => isCovered);
        else if (fields.Length == 1 && IsRepeated(type))
            covered = size;

        return covered == size
            ? null
            : $"{path} ({type.Name}) has {size - covered} bytes of padding in its {size}, which would carry host bytes to the "
                + "guest: name them as fields.";
    }

    // The one field of an inline array or a fixed buffer stands for all of its elements.
    private static bool IsRepeated(Type type)
        => type.IsDefined(typeof(InlineArrayAttribute)) || type.IsDefined(typeof(UnsafeValueTypeAttribute));

    private static int SizeOf(Type type) => RuntimeHelpers.SizeOf(type.TypeHandle);

    private static class Check<T> where T : unmanaged
    {
        public static readonly string? Problem = FindProblem(typeof(T), typeof(T).Name);

        // Static readonly and primitive, so that compiled code folds the test away.
        public static readonly bool Passed = Problem is null;
    }
}
