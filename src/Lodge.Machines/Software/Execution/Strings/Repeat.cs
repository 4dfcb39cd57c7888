namespace Lodge.Machines;

/// <summary>How a string instruction is repeated, as <see cref="MicroOp.Extra"/> has it.</summary>
internal static class Repeat
{
    public const byte No = 0;

    /// <summary><c>rep</c>, or <c>repe</c> for comparisons.</summary>
    public const byte Always = 1;

    /// <summary><c>repne</c>.</summary>
    public const byte WhileNotEqual = 2;
}
