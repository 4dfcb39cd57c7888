using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>As <see cref="UnaryMemory{TOperation}"/>, with a <c>lock</c> prefix.</summary>
internal readonly unsafe struct LockedUnaryMemory<TOperation> : IMemoryHandler
    where TOperation : struct, IUnaryOperation
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        ulong address = TAddress.Of(cpu, ref op);
        if (!cpu.TryFindAtomic(address, TSize.Bytes, out byte* host))
            return ExecuteSplit<TSize, TAddress>(cpu, ref op);

        ulong value;
        ulong result;
        do
        {
            value = TSize.Load(host);
            result = TOperation.Compute<TSize>(value);
        }
        while (TSize.CompareExchange(host, result, value) != value);

        TOperation.SetFlags<TSize>(cpu, value, result);
        return MicroOp.Next(cpu, ref op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BlockExit ExecuteSplit<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        using (cpu.EnterSplitLock())
        {
            if (!UnaryMemory<TOperation>.TryChange<TSize, TAddress>(cpu, ref op))
                return BlockExit.Stopped;
        }

        return MicroOp.Next(cpu, ref op);
    }
}
