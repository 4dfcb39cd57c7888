using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lodge.Benchmarks.Memory;

/// <summary>Four elements of an array, so that a loop does four operations a turn.</summary>
/// <remarks>
/// A loop of one operation is some 60 bytes of code, and the compiler aligns no loop that has a call in it: whether it began at the
/// start or in the middle of a cache line made 40 % of difference, anew with each start of the program. With four it makes little.
/// A loop over references takes two registers across the calls; one over a span takes more, and keeps one of them on the stack.
/// </remarks>
internal readonly struct Four<T>(T first, T second, T third, T fourth) where T : unmanaged
{
    public readonly T First = first;
    public readonly T Second = second;
    public readonly T Third = third;
    public readonly T Fourth = fourth;

    /// <summary>The four behind these.</summary>
    [UnscopedRef]
    public ref readonly Four<T> Next
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref Unsafe.AsRef(in this), 1);
    }

    /// <summary>The first four of an array, whose length is a multiple of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref readonly Four<T> Start(T[] elements) => ref Unsafe.As<T, Four<T>>(ref MemoryMarshal.GetArrayDataReference(elements));

    /// <summary>What lies behind the last four of an array. Not to be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref readonly Four<T> End(T[] elements)
        => ref Unsafe.As<T, Four<T>>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(elements), elements.Length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsBefore(ref readonly Four<T> end) => Unsafe.IsAddressLessThan(in this, in end);
}
