using System.Reflection.Emit;

namespace Lodge.Machines;

/// <summary>What an instruction does to the flags, to be done only where somebody looks at them.</summary>
/// <param name="Kind">What.</param>
/// <param name="Bytes">The operands' size.</param>
/// <param name="A">The first operand.</param>
/// <param name="B">The second operand.</param>
/// <param name="Result">The result.</param>
/// <param name="Count">How far is shifted, where that is fixed.</param>
internal readonly record struct FlagAction(
    FlagActionKind Kind, int Bytes, LocalBuilder? A, LocalBuilder? B, LocalBuilder Result, int Count = 0)
{
    /// <summary>Whether nothing of what the flags were before is left.</summary>
    public bool IsWhole => Kind is not (FlagActionKind.RotateLeft or FlagActionKind.RotateRight or FlagActionKind.Increment
        or FlagActionKind.Decrement);
}
