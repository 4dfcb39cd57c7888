namespace Lodge.Machines;

/// <summary><c>cmpxchg8b</c>: EDX and EAX against 8 bytes, and ECX and EBX into them.</summary>
internal readonly unsafe struct CompareExchange8Bytes : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        ulong address = TAddress.Of(cpu, ref op);
        ulong expected = (cpu[RegisterFile.Rdx] << 32) | (uint)cpu[RegisterFile.Rax];
        ulong replacement = (cpu[RegisterFile.Rcx] << 32) | (uint)cpu[RegisterFile.Rbx];
        ulong value;
        if (cpu.TryFindAtomic(address, 8, out byte* host))
        {
            value = Size64.CompareExchange(host, replacement, expected);
        }
        else
        {
            using Lock.Scope _ = cpu.EnterSplitLock();
            if (!cpu.ReadForWriteSlow(ref op, address, 8))
                return BlockExit.Stopped;

            value = (ulong)cpu.Scratch;
            if (!cpu.WriteSlow(ref op, address, 8, value == expected ? replacement : value))
                return BlockExit.Stopped;
        }

        cpu.ReplaceZero(value == expected);
        if (value != expected)
        {
            cpu[RegisterFile.Rax] = (uint)value;
            cpu[RegisterFile.Rdx] = value >> 32;
        }

        return MicroOp.Next(cpu, ref op);
    }
}
