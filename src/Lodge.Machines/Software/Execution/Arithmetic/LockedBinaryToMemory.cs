using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>As <see cref="BinaryToMemory{TOperation, TSource}"/>, with a <c>lock</c> prefix.</summary>
internal readonly unsafe struct LockedBinaryToMemory<TOperation, TSource> : IMemoryHandler
    where TOperation : struct, IBinaryOperation
    where TSource : struct, IOperandSource
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        ulong address = TAddress.Of(cpu, ref op);
        ulong b = TSource.Get<TSize>(cpu, ref op);
        if (!cpu.TryFindAtomic(address, TSize.Bytes, out byte* host))
            return ExecuteSplit<TSize>(cpu, ref op, address, b);

        ulong a;
        ulong result;
        do
        {
            a = TSize.Load(host);
            result = TOperation.Compute<TSize>(cpu, a, b);
        }
        while (TSize.CompareExchange(host, result, a) != a);

        TOperation.SetFlags<TSize>(cpu, a, b, result);
        return MicroOp.Next(cpu, ref op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BlockExit ExecuteSplit<TSize>(Processor cpu, ref MicroOp op, ulong address, ulong b)
        where TSize : struct, IOperandSize
    {
        using (cpu.EnterSplitLock())
        {
            if (!cpu.ReadForWriteSlow(ref op, address, TSize.Bytes))
                return BlockExit.Stopped;

            ulong a = (ulong)cpu.Scratch;
            ulong result = TOperation.Compute<TSize>(cpu, a, b);
            if (!cpu.WriteSlow(ref op, address, TSize.Bytes, result))
                return BlockExit.Stopped;

            TOperation.SetFlags<TSize>(cpu, a, b, result);
        }

        return MicroOp.Next(cpu, ref op);
    }
}
