using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Lodge.Sandbox;

/// <summary>A value that a host gives a guest, or gets from one. Made of the types it can hold, without allocating.</summary>
/// <remarks>Two are equal where type and content are. Bytes are not copied: whoever gives them lets them be until the call is
/// over.</remarks>
public readonly struct GuestValue : IEquatable<GuestValue>
{
    // The number, or the bits of it; the text or array of the others.
    private readonly ulong _bits;
    private readonly object? _object;
    private readonly int _offset;
    private readonly int _length;

    private GuestValue(GuestType type, ulong bits)
    {
        Type = type;
        _bits = bits;
    }

    private GuestValue(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Type = GuestType.String;
        _object = text;
    }

    private GuestValue(ReadOnlyMemory<byte> bytes)
    {
        // The array itself where there is one; other memory is copied.
        if (!System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment))
            segment = bytes.ToArray();

        Type = GuestType.Bytes;
        _object = segment.Array;
        _offset = segment.Offset;
        _length = segment.Count;
    }

    /// <summary>No value.</summary>
    public static GuestValue Void => default;

    /// <summary>The value's type.</summary>
    public GuestType Type { get; }

    /// <summary>A number.</summary>
    public static implicit operator GuestValue(int value) => new(GuestType.Int, (uint)value);

    /// <summary>A number.</summary>
    public static implicit operator GuestValue(uint value) => new(GuestType.UInt, value);

    /// <summary>A number.</summary>
    public static implicit operator GuestValue(long value) => new(GuestType.Long, (ulong)value);

    /// <summary>A number.</summary>
    public static implicit operator GuestValue(ulong value) => new(GuestType.ULong, value);

    /// <summary>A number.</summary>
    public static implicit operator GuestValue(float value) => new(GuestType.Float, BitConverter.SingleToUInt32Bits(value));

    /// <summary>A number.</summary>
    public static implicit operator GuestValue(double value) => new(GuestType.Double, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Yes or no.</summary>
    public static implicit operator GuestValue(bool value) => new(GuestType.Bool, value ? 1UL : 0);

    /// <summary>A text.</summary>
    public static implicit operator GuestValue(string value) => new(value);

    /// <summary>Bytes.</summary>
    public static implicit operator GuestValue(byte[] value) => new(new ReadOnlyMemory<byte>(value));

    /// <summary>Bytes.</summary>
    public static implicit operator GuestValue(ReadOnlyMemory<byte> value) => new(value);

    /// <summary>Whether two values are the same.</summary>
    public static bool operator ==(GuestValue left, GuestValue right) => left.Equals(right);

    /// <summary>Whether two values are different.</summary>
    public static bool operator !=(GuestValue left, GuestValue right) => !left.Equals(right);

    /// <summary>The bits of a number or a truth value; 0 for the other types.</summary>
    internal ulong Bits => _bits;

    /// <summary>The text of a string.</summary>
    internal string Text => (string)_object!;

    /// <summary>The content of bytes.</summary>
    internal ReadOnlyMemory<byte> Memory => new((byte[]?)_object, _offset, _length);

    /// <summary>The type of values that a .NET type stands for.</summary>
    /// <returns>Whether there is one.</returns>
    public static bool TryGetType(Type type, out GuestType found)
    {
        ArgumentNullException.ThrowIfNull(type);
        (bool isKnown, found) = System.Type.GetTypeCode(type) switch
        {
            TypeCode.Int32 => (!type.IsEnum, GuestType.Int),
            TypeCode.UInt32 => (!type.IsEnum, GuestType.UInt),
            TypeCode.Int64 => (!type.IsEnum, GuestType.Long),
            TypeCode.UInt64 => (!type.IsEnum, GuestType.ULong),
            TypeCode.Single => (true, GuestType.Float),
            TypeCode.Double => (true, GuestType.Double),
            TypeCode.String => (true, GuestType.String),
            TypeCode.Boolean => (true, GuestType.Bool),
            _ => (type == typeof(void) || type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>),
                type == typeof(void) ? GuestType.Void : GuestType.Bytes),
        };
        return isKnown;
    }

    /// <summary>The value as a .NET type.</summary>
    /// <exception cref="InvalidCastException">It has another type: nothing is converted.</exception>
    public T As<T>() => TryAs(out T? value) ? value! : throw new InvalidCastException($"{Describe()} is no {typeof(T).Name}.");

    /// <summary>The value as a .NET type.</summary>
    /// <returns>Whether it has that type.</returns>
    public bool TryAs<T>([MaybeNullWhen(false)] out T value)
    {
        value = default;
        switch (Type)
        {
            case GuestType.Int when typeof(T) == typeof(int):
                value = Of<int, T>((int)_bits);
                return true;
            case GuestType.UInt when typeof(T) == typeof(uint):
                value = Of<uint, T>((uint)_bits);
                return true;
            case GuestType.Long when typeof(T) == typeof(long):
                value = Of<long, T>((long)_bits);
                return true;
            case GuestType.ULong when typeof(T) == typeof(ulong):
                value = Of<ulong, T>(_bits);
                return true;
            case GuestType.Float when typeof(T) == typeof(float):
                value = Of<float, T>(BitConverter.UInt32BitsToSingle((uint)_bits));
                return true;
            case GuestType.Double when typeof(T) == typeof(double):
                value = Of<double, T>(BitConverter.UInt64BitsToDouble(_bits));
                return true;
            case GuestType.Bool when typeof(T) == typeof(bool):
                value = Of<bool, T>(_bits != 0);
                return true;
            case GuestType.String when typeof(T) == typeof(string):
                value = (T)_object!;
                return true;
            case GuestType.Bytes when typeof(T) == typeof(ReadOnlyMemory<byte>):
                value = Of<ReadOnlyMemory<byte>, T>(Memory);
                return true;
            case GuestType.Bytes when typeof(T) == typeof(byte[]):
                bool isWhole = _object is byte[] array && array.Length == _length;
                value = (T)(isWhole ? _object! : Memory.ToArray());
                return true;
            case var _ when typeof(T) == typeof(GuestValue):
                value = Of<GuestValue, T>(this);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The value as an object of a type that stands for its own.</summary>
    internal object ToObject(Type type) => Type switch
    {
        GuestType.Int => As<int>(),
        GuestType.UInt => As<uint>(),
        GuestType.Long => As<long>(),
        GuestType.ULong => As<ulong>(),
        GuestType.Float => As<float>(),
        GuestType.Double => As<double>(),
        GuestType.Bool => As<bool>(),
        GuestType.String => Text,
        GuestType.Bytes when type == typeof(byte[]) => As<byte[]>(),
        GuestType.Bytes => Memory,
        _ => throw new InvalidCastException("There is no value."),
    };

    /// <summary>The value of an object.</summary>
    internal static GuestValue FromObject(object? value) => value switch
    {
        null => Void,
        int number => number,
        uint number => number,
        long number => number,
        ulong number => number,
        float number => number,
        double number => number,
        bool answer => answer,
        string text => text,
        byte[] bytes => bytes,
        ReadOnlyMemory<byte> bytes => bytes,
        GuestValue same => same,
        _ => throw new InvalidCastException($"Guests do not know {value.GetType().Name}."),
    };

    /// <inheritdoc/>
    public bool Equals(GuestValue other)
        => Type == other.Type && _bits == other._bits && Type switch
        {
            GuestType.String => Text == other.Text,
            GuestType.Bytes => Memory.Span.SequenceEqual(other.Memory.Span),
            _ => true,
        };

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is GuestValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Type);
        hash.Add(_bits);
        if (Type == GuestType.String)
            hash.Add(Text, StringComparer.Ordinal);
        else if (Type == GuestType.Bytes)
            hash.AddBytes(Memory.Span);

        return hash.ToHashCode();
    }

    /// <summary>The value as a text: numbers in invariant form, strings as they are, bytes in hexadecimal.</summary>
    public override string ToString() => Type switch
    {
        GuestType.Void => "",
        GuestType.Int => As<int>().ToString(CultureInfo.InvariantCulture),
        GuestType.Long => As<long>().ToString(CultureInfo.InvariantCulture),
        GuestType.Float => As<float>().ToString(CultureInfo.InvariantCulture),
        GuestType.Double => As<double>().ToString(CultureInfo.InvariantCulture),
        GuestType.Bool => _bits != 0 ? "true" : "false",
        GuestType.String => Text,
        GuestType.Bytes => Convert.ToHexStringLower(Memory.Span),
        _ => _bits.ToString(CultureInfo.InvariantCulture),
    };

    private string Describe() => Type == GuestType.Void ? "No value" : $"A value of type {Type}";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TResult Of<T, TResult>(T value) => Unsafe.As<T, TResult>(ref value);
}
