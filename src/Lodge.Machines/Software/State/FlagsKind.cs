namespace Lodge.Machines;

/// <summary>What the arithmetic flags are to be computed from, when somebody asks. What the processor keeps has the operands'
/// size (<see cref="IOperandSize.Log"/>) in the two lowest bits.</summary>
internal enum FlagsKind : byte
{
    /// <summary>They are computed, and in b.</summary>
    Known = 0,

    /// <summary>ZF, SF and PF from the result; CF, AF and OF are in b.</summary>
    Result = 1 << 2,

    /// <summary>From <c>a + b</c>, with a carry or without.</summary>
    Add = 2 << 2,

    /// <summary>From <c>a - b</c>.</summary>
    Subtract = 3 << 2,

    /// <summary>From <c>a - b</c> with a borrow or without.</summary>
    Borrow = 4 << 2,

    /// <summary>From <c>a + 1</c>; CF is as it was, in b.</summary>
    Increment = 5 << 2,

    /// <summary>From <c>a - 1</c>; CF is as it was, in b.</summary>
    Decrement = 6 << 2,
}
