using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>From numbers to integers.</summary>
internal static class FloatToInteger
{
    private const double Above32 = 2147483648.0;
    private const double Above64 = 9223372036854775808.0;

    /// <summary>Converts where the host rounds as is wanted, the integer exists, and inexactness is not there or means nothing
    /// any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryConvertPlainly<T>(T number, int bytes, bool truncates, uint mxcsr, out long result) where T : unmanaged
    {
        double value = typeof(T) == typeof(float) ? Unsafe.BitCast<T, float>(number) : Unsafe.BitCast<T, double>(number);
        double rounded = truncates ? Math.Truncate(value) : Math.Round(value);
        double above = bytes == 4 ? Above32 : Above64;
        result = (long)rounded;
        return rounded >= -above && rounded < above
            && (truncates || (mxcsr & MxcsrBits.Rounding) == 0)
            && (rounded == value || Processor.IsPrecisionIgnored(mxcsr));
    }

    /// <summary>Converts in any case.</summary>
    public static ulong Convert<T>(T number, int bytes, bool truncates, ref FloatStatus status) where T : unmanaged
        => TryConvertPlainly(number, bytes, truncates, status.Mxcsr, out long result)
            ? (bytes == 4 ? (uint)result : (ulong)result)
            : SoftFloat<T>.ToInteger(FloatBits.Of(number), bytes, truncates, ref status);
}
