namespace Lodge.Sandbox;

/// <summary>The types of values that hosts and guests give each other.</summary>
public enum GuestType : byte
{
    /// <summary>No value.</summary>
    Void,

    /// <summary><see cref="int"/>.</summary>
    Int,

    /// <summary><see cref="uint"/>.</summary>
    UInt,

    /// <summary><see cref="long"/>.</summary>
    Long,

    /// <summary><see cref="ulong"/>.</summary>
    ULong,

    /// <summary><see cref="float"/>.</summary>
    Float,

    /// <summary><see cref="double"/>.</summary>
    Double,

    /// <summary><see cref="string"/>, UTF-8.</summary>
    String,

    /// <summary><see cref="bool"/>.</summary>
    Bool,

    /// <summary>Bytes: <see cref="ReadOnlyMemory{T}"/> of <see cref="byte"/>, or an array.</summary>
    Bytes,
}
