using System.Numerics;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>maskmovdqu</c>: the bytes of the destination operand for which the source has the highest bit set. Without any
/// nothing is accessed.</summary>
internal readonly struct StoreMasked : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        if (!cpu.MayUseSse)
            return cpu.StopWithoutSse(ref op);

        return TryStore(cpu, ref op) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;
    }

    private static bool TryStore(Processor cpu, ref MicroOp op)
    {
        uint mask = Vector128.ExtractMostSignificantBits(cpu.Xmm<Vector128<byte>>(op.Source));
        if (mask == 0)
            return true;

        ulong address = FullAddress.Of(cpu, ref op);
        int first = BitOperations.TrailingZeroCount(mask);
        int last = BitOperations.Log2(mask);
        if (!cpu.MayWrite(ref op, address + (ulong)first, last - first + 1))
            return false;

        for (; mask != 0; mask &= mask - 1)
        {
            int index = BitOperations.TrailingZeroCount(mask);
            if (!cpu.TryWriteValue(ref op, address + (ulong)index, cpu.Xmm<byte>((byte)(op.Destination + index))))
                return false;
        }

        return true;
    }
}
