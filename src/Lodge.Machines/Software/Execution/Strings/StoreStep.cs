namespace Lodge.Machines;

/// <summary><c>stos</c>.</summary>
internal readonly unsafe struct StoreStep : IStringStep
{
    public static bool Compares => false;

    public static bool TryOne<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong value = TSize.Get(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes));
        if (!cpu.TryWrite<TSize>(ref op, StringPointers.Destination(cpu, ref op), value))
            return false;

        StringPointers.Advance<TSize>(cpu, ref op, RegisterFile.Rdi);
        return true;
    }

    public static ulong Many<TSize>(Processor cpu, ref MicroOp op, ulong most) where TSize : struct, IOperandSize
    {
        ulong to = StringPointers.Destination(cpu, ref op);
        if (!cpu.TryFindWritable(to, 1, out byte* destination))
            return 0;

        ulong value = TSize.Get(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes));
        ulong count = StringPointers.OnPage<TSize>(to, most);
        int length = (int)count;
        switch (TSize.Bytes)
        {
            case 1:
                new Span<byte>(destination, length).Fill((byte)value);
                break;
            case 2:
                new Span<ushort>(destination, length).Fill((ushort)value);
                break;
            case 4:
                new Span<uint>(destination, length).Fill((uint)value);
                break;
            default:
                new Span<ulong>(destination, length).Fill(value);
                break;
        }

        cpu[RegisterFile.Rdi] += count << TSize.Log;
        return count;
    }
}
