namespace Lodge.Machines;

/// <summary>Does to a processor's flags what compiled code has put off.</summary>
internal static class CompiledFlags
{
    /// <summary>Does an action.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="kind">The action.</param>
    /// <param name="bytes">The operands' size.</param>
    /// <param name="a">The first operand, zero-extended.</param>
    /// <param name="b">The second operand, zero-extended.</param>
    /// <param name="result">The result, zero-extended.</param>
    /// <param name="count">How far is shifted.</param>
    public static void Apply(Processor cpu, FlagActionKind kind, int bytes, ulong a, ulong b, ulong result, int count)
    {
        switch (bytes)
        {
            case 1:
                Apply<Size8>(cpu, kind, (byte)a, (byte)b, (byte)result, count);
                break;
            case 2:
                Apply<Size16>(cpu, kind, (ushort)a, (ushort)b, (ushort)result, count);
                break;
            case 4:
                Apply<Size32>(cpu, kind, (uint)a, (uint)b, (uint)result, count);
                break;
            default:
                Apply<Size64>(cpu, kind, a, b, result, count);
                break;
        }
    }

    private static void Apply<TSize>(Processor cpu, FlagActionKind kind, ulong a, ulong b, ulong result, int count)
        where TSize : struct, IOperandSize
    {
        switch (kind)
        {
            case FlagActionKind.Add:
                AddOperation.SetFlags<TSize>(cpu, a, b, result);
                break;
            case FlagActionKind.AddWithCarry:
                AddWithCarryOperation.SetFlags<TSize>(cpu, a, b, result);
                break;
            case FlagActionKind.Subtract:
                SubtractOperation.SetFlags<TSize>(cpu, a, b, result);
                break;
            case FlagActionKind.SubtractWithBorrow:
                SubtractWithBorrowOperation.SetFlags<TSize>(cpu, a, b, result);
                break;
            case FlagActionKind.Logic:
                AndOperation.SetFlags<TSize>(cpu, a, b, result);
                break;
            case FlagActionKind.Increment:
                IncrementOperation.SetFlags<TSize>(cpu, a, result);
                break;
            case FlagActionKind.Decrement:
                DecrementOperation.SetFlags<TSize>(cpu, a, result);
                break;
            case FlagActionKind.ShiftLeft:
                ShiftLeft.SetFlags<TSize>(cpu, a, count, result);
                break;
            case FlagActionKind.ShiftRight:
                ShiftRight.SetFlags<TSize>(cpu, a, count, result);
                break;
            case FlagActionKind.ShiftArithmeticRight:
                ShiftArithmeticRight.SetFlags<TSize>(cpu, a, count, result);
                break;
            case FlagActionKind.RotateLeft:
                RotateLeft.SetFlags<TSize>(cpu, a, count, result);
                break;
            case FlagActionKind.RotateRight:
                RotateRight.SetFlags<TSize>(cpu, a, count, result);
                break;
            default:
                Multiplication.SetFlags<TSize>(cpu, result, isWide: a != 0);
                break;
        }
    }
}
