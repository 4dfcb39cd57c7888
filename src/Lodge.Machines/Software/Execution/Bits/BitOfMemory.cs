using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>bt</c> and its like on memory. A register numbers bits from the address on, in both directions; an immediate is
/// taken modulo the size. <see cref="MicroOp.Extra"/> is 1 with a <c>lock</c> prefix.</summary>
internal readonly unsafe struct BitOfMemory<TOperation, TSource> : IMemoryHandler
    where TOperation : struct, IBitOperation
    where TSource : struct, IOperandSource
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        ulong address = TAddress.Of(cpu, ref op);
        ulong number = TSource.Get<TSize>(cpu, ref op);
        int bits = 8 * TSize.Bytes;
        if (typeof(TSource) == typeof(RegisterSource))
        {
            // With a 32-bit address size the sum wraps there, and the segment comes on top of it.
            ulong distance = (ulong)((TSize.SignExtend(number) >> (3 + TSize.Log)) * TSize.Bytes);
            address = (op.Address & AddressTraits.Narrow) != 0
                ? (uint)(FullAddress.OffsetOf(cpu, ref op) + distance) + cpu.Register<ulong>(op.Segment)
                : address + distance;
        }

        int shift = (int)number & (bits - 1);
        ulong bit = 1UL << shift;
        if (!TOperation.Writes)
        {
            if (!cpu.TryRead<TSize>(ref op, address, out ulong read))
                return BlockExit.Stopped;

            cpu.ReplaceCarry(read >> shift);
            return MicroOp.Next(cpu, ref op);
        }

        if (!cpu.TryFindAtomic(address, TSize.Bytes, out byte* host))
            return ExecuteSlow<TSize>(cpu, ref op, address, shift);

        ulong value;
        if (op.Extra != 0)
        {
            do
                value = TSize.Load(host);
            while (TSize.CompareExchange(host, TOperation.Compute(value, bit), value) != value);
        }
        else
        {
            value = TSize.Load(host);
            TSize.Store(host, TOperation.Compute(value, bit));
        }

        cpu.ReplaceCarry(value >> shift);
        return MicroOp.Next(cpu, ref op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BlockExit ExecuteSlow<TSize>(Processor cpu, ref MicroOp op, ulong address, int shift)
        where TSize : struct, IOperandSize
    {
        using (cpu.EnterSplitLock())
        {
            if (!cpu.ReadForWriteSlow(ref op, address, TSize.Bytes))
                return BlockExit.Stopped;

            ulong value = (ulong)cpu.Scratch;
            if (!cpu.WriteSlow(ref op, address, TSize.Bytes, TOperation.Compute(value, 1UL << shift)))
                return BlockExit.Stopped;

            cpu.ReplaceCarry(value >> shift);
        }

        return MicroOp.Next(cpu, ref op);
    }
}
