namespace Lodge.Machines;

/// <summary>What an instruction does to the flags.</summary>
internal enum FlagActionKind
{
    Add,
    AddWithCarry,
    Subtract,
    SubtractWithBorrow,
    Logic,
    Increment,
    Decrement,
    ShiftLeft,
    ShiftRight,
    ShiftArithmeticRight,
    RotateLeft,
    RotateRight,

    /// <summary>The result is the lower half, A what CF and OF are set for if it is not zero.</summary>
    Product,
}
