using System.Numerics;

namespace Lodge.Memory;

/// <summary>An atomic read-modify-write. A type argument, so that it costs no call.</summary>
internal unsafe interface IAtomicOperation<T> where T : unmanaged
{
    /// <summary>Does it to an aligned cell.</summary>
    /// <param name="cell">The cell, which the caller keeps mapped.</param>
    /// <param name="operand">The value to put, add, and so on.</param>
    /// <param name="comparand">What has to be there, for a comparison.</param>
    /// <param name="previous">What was there.</param>
    /// <returns>Whether the cell was written.</returns>
    static abstract bool Apply(byte* cell, T operand, T comparand, out T previous);
}

internal readonly unsafe struct ExchangeOperation<T> : IAtomicOperation<T> where T : unmanaged
{
    public static bool Apply(byte* cell, T operand, T comparand, out T previous)
    {
        previous = HostCell.Exchange(cell, operand);
        return true;
    }
}

internal readonly unsafe struct CompareExchangeOperation<T> : IAtomicOperation<T> where T : unmanaged
{
    public static bool Apply(byte* cell, T operand, T comparand, out T previous)
    {
        previous = HostCell.CompareExchange(cell, operand, comparand);
        return HostCell.AreSame(previous, comparand);
    }
}

/// <summary>Replaces the value by what <typeparamref name="TCombine"/> makes of it and the operand.</summary>
internal readonly unsafe struct FetchOperation<T, TCombine> : IAtomicOperation<T>
    where T : unmanaged, IBinaryInteger<T>
    where TCombine : struct, ICombine<T>
{
    public static bool Apply(byte* cell, T operand, T comparand, out T previous)
    {
        previous = HostCell.Load<T>(cell);
        while (true)
        {
            T before = HostCell.CompareExchange(cell, TCombine.Combine(previous, operand), previous);
            if (before == previous)
                return true;

            previous = before;
        }
    }
}

internal interface ICombine<T>
{
    static abstract T Combine(T value, T operand);
}

internal readonly struct Add<T> : ICombine<T> where T : IBinaryInteger<T>
{
    public static T Combine(T value, T operand) => unchecked(value + operand);
}

internal readonly struct And<T> : ICombine<T> where T : IBinaryInteger<T>
{
    public static T Combine(T value, T operand) => value & operand;
}

internal readonly struct Or<T> : ICombine<T> where T : IBinaryInteger<T>
{
    public static T Combine(T value, T operand) => value | operand;
}

internal readonly struct Xor<T> : ICombine<T> where T : IBinaryInteger<T>
{
    public static T Combine(T value, T operand) => value ^ operand;
}
