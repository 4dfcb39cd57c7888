using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>xchg</c> with memory, which locks without a prefix.</summary>
internal readonly unsafe struct ExchangeMemory : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        ulong address = TAddress.Of(cpu, ref op);
        if (!cpu.TryFindAtomic(address, TSize.Bytes, out byte* host))
            return ExecuteSplit<TSize>(cpu, ref op, address);

        TSize.Set(cpu, op.Source, TSize.Exchange(host, TSize.Get(cpu, op.Source)));
        return MicroOp.Next(cpu, ref op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BlockExit ExecuteSplit<TSize>(Processor cpu, ref MicroOp op, ulong address) where TSize : struct, IOperandSize
    {
        using (cpu.EnterSplitLock())
        {
            if (!cpu.ReadForWriteSlow(ref op, address, TSize.Bytes))
                return BlockExit.Stopped;

            ulong value = (ulong)cpu.Scratch;
            if (!cpu.WriteSlow(ref op, address, TSize.Bytes, TSize.Get(cpu, op.Source)))
                return BlockExit.Stopped;

            TSize.Set(cpu, op.Source, value);
        }

        return MicroOp.Next(cpu, ref op);
    }
}
