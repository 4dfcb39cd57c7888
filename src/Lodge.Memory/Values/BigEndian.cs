using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lodge.Memory;

/// <summary>An integer kept most significant byte first (network order), whatever the host's byte order: a field of a wire
/// structure.</summary>
/// <typeparam name="T">An integer of 1, 2, 4, 8 or 16 bytes.</typeparam>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct BigEndian<T> : IEquatable<BigEndian<T>> where T : unmanaged, IBinaryInteger<T>
{
    private readonly T _stored;

    /// <summary>Keeps <paramref name="value"/> in big-endian order.</summary>
    public BigEndian(T value) => _stored = BitConverter.IsLittleEndian ? ByteOrder.Reverse(value) : value;

    /// <summary>The integer in the host's byte order.</summary>
    public T Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BitConverter.IsLittleEndian ? ByteOrder.Reverse(_stored) : _stored;
    }

    /// <summary>Keeps a value in big-endian order.</summary>
    public static implicit operator BigEndian<T>(T value) => new(value);

    /// <summary>The integer in the host's byte order.</summary>
    public static implicit operator T(BigEndian<T> value) => value.Value;

    /// <summary>Whether two integers are the same.</summary>
    public static bool operator ==(BigEndian<T> left, BigEndian<T> right) => left._stored == right._stored;

    /// <summary>Whether two integers differ.</summary>
    public static bool operator !=(BigEndian<T> left, BigEndian<T> right) => left._stored != right._stored;

    /// <inheritdoc/>
    public bool Equals(BigEndian<T> other) => _stored == other._stored;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BigEndian<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _stored.GetHashCode();

    /// <summary>The integer in decimal.</summary>
    public override string ToString() => Value.ToString() ?? "";
}
