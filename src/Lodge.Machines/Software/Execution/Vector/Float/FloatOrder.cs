namespace Lodge.Machines;

/// <summary>How two numbers compare.</summary>
internal enum FloatOrder
{
    Less,
    Equal,
    Greater,

    /// <summary>One is a NaN.</summary>
    Unordered,
}
