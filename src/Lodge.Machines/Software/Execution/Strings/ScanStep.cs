namespace Lodge.Machines;

/// <summary><c>scas</c>.</summary>
internal readonly unsafe struct ScanStep : IStringStep
{
    public static bool Compares => true;

    public static bool TryOne<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        if (!cpu.TryRead<TSize>(ref op, StringPointers.Destination(cpu, ref op), out ulong value))
            return false;

        Compare<TSize>(cpu, value);
        StringPointers.Advance<TSize>(cpu, ref op, RegisterFile.Rdi);
        return true;
    }

    public static ulong Many<TSize>(Processor cpu, ref MicroOp op, ulong most) where TSize : struct, IOperandSize
    {
        ulong to = StringPointers.Destination(cpu, ref op);
        ulong count = StringPointers.OnPage<TSize>(to, most);
        if (count == 0 || !cpu.TryFindReadable(to, 1, out byte* host))
            return 0;

        ulong wanted = TSize.Get(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes));
        bool untilEqual = op.Extra == Repeat.WhileNotEqual;
        ulong done = 0;
        if (TSize.Bytes == 1)
        {
            var bytes = new ReadOnlySpan<byte>(host, (int)count);
            int found = untilEqual ? bytes.IndexOf((byte)wanted) : bytes.IndexOfAnyExcept((byte)wanted);
            done = found < 0 ? count : (ulong)found + 1;
        }
        else
        {
            bool isEqual;
            do
            {
                isEqual = TSize.Load(host + (done << TSize.Log)) == wanted;
                done++;
            }
            while (done < count && isEqual != untilEqual);
        }

        Compare<TSize>(cpu, TSize.Load(host + ((done - 1) << TSize.Log)));
        cpu[RegisterFile.Rdi] += done << TSize.Log;
        return done;
    }

    private static void Compare<TSize>(Processor cpu, ulong value) where TSize : struct, IOperandSize
    {
        ulong a = TSize.Get(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes));
        cpu.SetFlags<TSize>(FlagsKind.Subtract, a, value, TSize.Truncate(a - value));
    }
}
