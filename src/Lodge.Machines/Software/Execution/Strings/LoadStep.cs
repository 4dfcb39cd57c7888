namespace Lodge.Machines;

/// <summary><c>lods</c>.</summary>
internal readonly struct LoadStep : IStringStep
{
    public static bool Compares => false;

    public static bool TryOne<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        if (!cpu.TryRead<TSize>(ref op, StringPointers.Source(cpu, ref op), out ulong value))
            return false;

        TSize.Set(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes), value);
        StringPointers.Advance<TSize>(cpu, ref op, RegisterFile.Rsi);
        return true;
    }

    // Only the last one counts, but each of them has to be there: nobody repeats lods.
    public static ulong Many<TSize>(Processor cpu, ref MicroOp op, ulong most) where TSize : struct, IOperandSize => 0;
}
