using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>What is to be known of numbers before the host's result for them is taken. A mask has all bits of an element set or
/// none.</summary>
internal static unsafe class FloatLanes<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The bits of a mask with all elements.</summary>
    public static uint All => sizeof(T) == sizeof(float) ? 0xFu : 3u;

    /// <summary>The number that residues of products are exact above, with much to spare.</summary>
    private static Vector128<T> SmallestProduct => typeof(T) == typeof(float)
        ? Vector128.Create(1e-28f).As<float, T>()
        : Vector128.Create(1e-280).As<double, T>();

    private static Vector128<T> SmallestNormal => typeof(T) == typeof(float)
        ? Vector128.Create(1.17549435E-38f).As<float, T>()
        : Vector128.Create(2.2250738585072014E-308).As<double, T>();

    private static Vector128<T> Infinity => typeof(T) == typeof(float)
        ? Vector128.Create(float.PositiveInfinity).As<float, T>()
        : Vector128.Create(double.PositiveInfinity).As<double, T>();

    /// <summary>Operands that raise nothing by themselves: neither NaN nor denormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> FindOrdinary(Vector128<T> value)
        => Vector128.GreaterThanOrEqual(Vector128.Abs(value), SmallestNormal) | FindZero(value);

    /// <summary>Results that are normal. The smallest normal number is not among them: it may have been rounded up from
    /// less.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> FindNormal(Vector128<T> value)
    {
        Vector128<T> magnitude = Vector128.Abs(value);
        return Vector128.GreaterThan(magnitude, SmallestNormal) & Vector128.LessThan(magnitude, Infinity);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> FindZero(Vector128<T> value) => Vector128.Equals(value, Vector128<T>.Zero);

    /// <summary>Products, dividends and squares from whose size it follows that what rounding leaves of them is exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> FindLarge(Vector128<T> value)
        => Vector128.GreaterThan(Vector128.Abs(value), SmallestProduct) | FindZero(value);

    /// <summary>a * b + c, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> MultiplyAdd(Vector128<T> a, Vector128<T> b, Vector128<T> c) => typeof(T) == typeof(float)
        ? Vector128.FusedMultiplyAdd(a.As<T, float>(), b.As<T, float>(), c.As<T, float>()).As<float, T>()
        : Vector128.FusedMultiplyAdd(a.As<T, double>(), b.As<T, double>(), c.As<T, double>()).As<double, T>();
}
