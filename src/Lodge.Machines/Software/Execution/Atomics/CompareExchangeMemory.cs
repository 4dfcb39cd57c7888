using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>cmpxchg</c> of memory. It is atomic without a <c>lock</c> prefix too, which nobody can tell.</summary>
internal readonly unsafe struct CompareExchangeMemory : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        ulong address = TAddress.Of(cpu, ref op);
        if (!cpu.TryFindAtomic(address, TSize.Bytes, out byte* host))
            return ExecuteSplit<TSize>(cpu, ref op, address);

        byte accumulator = RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes);
        ulong expected = TSize.Get(cpu, accumulator);
        ulong value = TSize.CompareExchange(host, TSize.Get(cpu, op.Source), expected);
        Finish<TSize>(cpu, expected, value);
        return MicroOp.Next(cpu, ref op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BlockExit ExecuteSplit<TSize>(Processor cpu, ref MicroOp op, ulong address) where TSize : struct, IOperandSize
    {
        using (cpu.EnterSplitLock())
        {
            if (!cpu.ReadForWriteSlow(ref op, address, TSize.Bytes))
                return BlockExit.Stopped;

            // It is written in any case: what was read, where the comparison fails.
            ulong value = (ulong)cpu.Scratch;
            ulong expected = TSize.Get(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes));
            if (!cpu.WriteSlow(ref op, address, TSize.Bytes, value == expected ? TSize.Get(cpu, op.Source) : value))
                return BlockExit.Stopped;

            Finish<TSize>(cpu, expected, value);
        }

        return MicroOp.Next(cpu, ref op);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TSize>(Processor cpu, ulong expected, ulong value) where TSize : struct, IOperandSize
    {
        cpu.SetFlags<TSize>(FlagsKind.Subtract, expected, value, TSize.Truncate(expected - value));
        if (value != expected)
            TSize.Set(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes), value);
    }
}
