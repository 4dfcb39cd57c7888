namespace Lodge.Machines;

/// <summary><c>cmps</c>.</summary>
internal readonly unsafe struct CompareStep : IStringStep
{
    public static bool Compares => true;

    public static bool TryOne<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        // In the order of AMD's processors, which tells where both are wrong.
        if (!cpu.TryRead<TSize>(ref op, StringPointers.Destination(cpu, ref op), out ulong b)
            || !cpu.TryRead<TSize>(ref op, StringPointers.Source(cpu, ref op), out ulong a))
        {
            return false;
        }

        cpu.SetFlags<TSize>(FlagsKind.Subtract, a, b, TSize.Truncate(a - b));
        StringPointers.Advance<TSize>(cpu, ref op, RegisterFile.Rsi);
        StringPointers.Advance<TSize>(cpu, ref op, RegisterFile.Rdi);
        return true;
    }

    public static ulong Many<TSize>(Processor cpu, ref MicroOp op, ulong most) where TSize : struct, IOperandSize
    {
        ulong from = StringPointers.Source(cpu, ref op);
        ulong to = StringPointers.Destination(cpu, ref op);
        ulong count = StringPointers.OnPage<TSize>(to, StringPointers.OnPage<TSize>(from, most));
        if (count == 0 || !cpu.TryFindReadable(from, 1, out byte* source) || !cpu.TryFindReadable(to, 1, out byte* destination))
            return 0;

        bool untilEqual = op.Extra == Repeat.WhileNotEqual;
        ulong done = 0;
        if (!untilEqual && TSize.Bytes == 1)
        {
            var bytes = new ReadOnlySpan<byte>(source, (int)count);
            int same = bytes.CommonPrefixLength(new ReadOnlySpan<byte>(destination, (int)count));
            done = Math.Min(count, (ulong)same + 1);
        }
        else
        {
            bool isEqual;
            do
            {
                isEqual = TSize.Load(source + (done << TSize.Log)) == TSize.Load(destination + (done << TSize.Log));
                done++;
            }
            while (done < count && isEqual != untilEqual);
        }

        ulong last = (done - 1) << TSize.Log;
        ulong a = TSize.Load(source + last);
        ulong b = TSize.Load(destination + last);
        cpu.SetFlags<TSize>(FlagsKind.Subtract, a, b, TSize.Truncate(a - b));
        cpu[RegisterFile.Rsi] += done << TSize.Log;
        cpu[RegisterFile.Rdi] += done << TSize.Log;
        return done;
    }
}
