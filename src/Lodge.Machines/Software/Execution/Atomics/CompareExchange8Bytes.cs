namespace Lodge.Machines;

/// <summary><c>cmpxchg8b</c>: EDX and EAX against 8 bytes, and ECX and EBX into them.</summary>
internal readonly struct CompareExchange8Bytes : IAtomicOperation
{
    public static ulong Compute<TSize>(Processor cpu, ref MicroOp op, ulong value) where TSize : struct, IOperandSize
        => value == Pair(cpu, RegisterFile.Rdx, RegisterFile.Rax) ? Pair(cpu, RegisterFile.Rcx, RegisterFile.Rbx) : value;

    public static void Finish<TSize>(Processor cpu, ref MicroOp op, ulong value, ulong result) where TSize : struct, IOperandSize
    {
        bool isEqual = value == Pair(cpu, RegisterFile.Rdx, RegisterFile.Rax);
        cpu.ReplaceZero(isEqual);
        if (isEqual)
            return;

        cpu[RegisterFile.Rax] = (uint)value;
        cpu[RegisterFile.Rdx] = value >> 32;
    }

    private static ulong Pair(Processor cpu, int high, int low) => (cpu[high] << 32) | (uint)cpu[low];
}
