namespace Lodge.Machines;

/// <summary><c>movs</c>.</summary>
internal readonly unsafe struct MoveStep : IStringStep
{
    public static bool Compares => false;

    public static bool TryOne<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        if (!cpu.TryRead<TSize>(ref op, StringPointers.Source(cpu, ref op), out ulong value)
            || !cpu.TryWrite<TSize>(ref op, StringPointers.Destination(cpu, ref op), value))
        {
            return false;
        }

        StringPointers.Advance<TSize>(cpu, ref op, RegisterFile.Rsi);
        StringPointers.Advance<TSize>(cpu, ref op, RegisterFile.Rdi);
        return true;
    }

    public static ulong Many<TSize>(Processor cpu, ref MicroOp op, ulong most) where TSize : struct, IOperandSize
    {
        ulong from = StringPointers.Source(cpu, ref op);
        ulong to = StringPointers.Destination(cpu, ref op);
        if (!cpu.TryFindReadable(from, 1, out byte* source) || !cpu.TryFindWritable(to, 1, out byte* destination))
            return 0;

        ulong count = StringPointers.OnPage<TSize>(to, StringPointers.OnPage<TSize>(from, most));
        ulong bytes = count << TSize.Log;

        // Into what is still to be read: a pattern is repeated, element by element.
        if ((ulong)(destination - source) < bytes)
        {
            for (ulong done = 0; done < bytes; done += (ulong)TSize.Bytes)
                TSize.Store(destination + done, TSize.Load(source + done));
        }
        else
        {
            Buffer.MemoryCopy(source, destination, bytes, bytes);
        }

        cpu[RegisterFile.Rsi] += bytes;
        cpu[RegisterFile.Rdi] += bytes;
        return count;
    }
}
