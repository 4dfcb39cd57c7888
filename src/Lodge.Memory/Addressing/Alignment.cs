using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>Rounding of addresses and sizes to powers of two, right at 0 and at 2^64.</summary>
public static class Alignment
{
    /// <summary>Whether <paramref name="value"/> is a multiple of <paramref name="alignment"/>, a power of two.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is not a power of two.</exception>
    public static bool IsAligned(ulong value, ulong alignment)
    {
        ThrowUnlessPowerOfTwo(alignment);
        return (value & (alignment - 1)) == 0;
    }

    /// <summary>The greatest multiple of <paramref name="alignment"/> that is at most <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is not a power of two.</exception>
    public static ulong Down(ulong value, ulong alignment)
    {
        ThrowUnlessPowerOfTwo(alignment);
        return value & ~(alignment - 1);
    }

    /// <summary>The least multiple of <paramref name="alignment"/> that is at least <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is not a power of two.</exception>
    /// <exception cref="OverflowException">The result would be 2^64.</exception>
    public static ulong Up(ulong value, ulong alignment)
        => TryUp(value, alignment, out ulong result) ? result : ThrowOverflow(value, alignment);

    /// <summary>As <see cref="Up"/>; false, and 0, where the result would be 2^64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is not a power of two.</exception>
    public static bool TryUp(ulong value, ulong alignment, out ulong result)
    {
        ThrowUnlessPowerOfTwo(alignment);
        ulong mask = alignment - 1;
        result = (value + mask) & ~mask;

        // The sum wraps to a multiple below the value exactly where the true result is 2^64.
        return result >= value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ThrowUnlessPowerOfTwo(ulong alignment)
    {
        if (!BitOperations.IsPow2(alignment))
            ThrowNotPowerOfTwo(alignment);
    }

    [DoesNotReturn]
    private static void ThrowNotPowerOfTwo(ulong alignment)
        => throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "An alignment is a power of two.");

    [DoesNotReturn]
    private static ulong ThrowOverflow(ulong value, ulong alignment)
        => throw new OverflowException($"0x{value:x} aligned up to 0x{alignment:x} bytes would be 2^64.");
}
