using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lodge.Benchmarks.Memory;

/// <summary>Four elements of an array, so that a loop does four operations a turn.</summary>
/// <remarks>A loop of one operation is some 60 bytes of code, and the compiler aligns none that has a call in it: whether it begins
/// at a cache line's start or middle made 40 % of difference, anew with each start of the program. Four are nearly the same at both.</remarks>
internal readonly struct Four<T>(T first, T second, T third, T fourth) where T : unmanaged
{
    public readonly T First = first;
    public readonly T Second = second;
    public readonly T Third = third;
    public readonly T Fourth = fourth;

    /// <summary>An array's elements in fours; their number is a multiple of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<Four<T>> Of(T[] elements) => MemoryMarshal.Cast<T, Four<T>>(elements);
}
