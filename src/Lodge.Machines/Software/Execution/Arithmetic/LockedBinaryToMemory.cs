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
        if (!cpu.TryFindAtomic(address, TSize.Bytes, out byte* host))
            return ExecuteSplit<TSize, TAddress>(cpu, ref op);

        ulong b = TSource.Get<TSize>(cpu, ref op);
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
    private static BlockExit ExecuteSplit<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        using (cpu.EnterSplitLock())
        {
            if (!BinaryToMemory<TOperation, TSource>.TryChange<TSize, TAddress>(cpu, ref op))
                return BlockExit.Stopped;
        }

        return MicroOp.Next(cpu, ref op);
    }
}
