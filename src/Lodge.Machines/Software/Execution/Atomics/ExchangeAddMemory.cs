using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>xadd</c> with memory. It is atomic without a <c>lock</c> prefix too, which nobody can tell.</summary>
internal readonly unsafe struct ExchangeAddMemory : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        ulong address = TAddress.Of(cpu, ref op);
        if (!cpu.TryFindAtomic(address, TSize.Bytes, out byte* host))
            return ExecuteSplit<TSize>(cpu, ref op, address);

        ulong a;
        ulong b = TSize.Get(cpu, op.Source);
        ulong result;
        do
        {
            a = TSize.Load(host);
            result = TSize.Truncate(a + b);
        }
        while (TSize.CompareExchange(host, result, a) != a);

        cpu.SetFlags<TSize>(FlagsKind.Add, a, b, result);
        TSize.Set(cpu, op.Source, a);
        return MicroOp.Next(cpu, ref op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BlockExit ExecuteSplit<TSize>(Processor cpu, ref MicroOp op, ulong address) where TSize : struct, IOperandSize
    {
        using (cpu.EnterSplitLock())
        {
            if (!cpu.ReadForWriteSlow(ref op, address, TSize.Bytes))
                return BlockExit.Stopped;

            ulong a = (ulong)cpu.Scratch;
            ulong b = TSize.Get(cpu, op.Source);
            ulong result = TSize.Truncate(a + b);
            if (!cpu.WriteSlow(ref op, address, TSize.Bytes, result))
                return BlockExit.Stopped;

            cpu.SetFlags<TSize>(FlagsKind.Add, a, b, result);
            TSize.Set(cpu, op.Source, a);
        }

        return MicroOp.Next(cpu, ref op);
    }
}
