using System.Buffers.Binary;

namespace Lodge.Machines;

/// <summary><c>movbe</c> to memory.</summary>
internal readonly struct MoveSwappedToMemory : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        ulong value = BinaryPrimitives.ReverseEndianness(TSize.Get(cpu, op.Source)) >> (64 - (8 * TSize.Bytes));
        if (!cpu.TryWrite<TSize>(ref op, TAddress.Of(cpu, ref op), value))
            return BlockExit.Stopped;

        return MicroOp.Next(cpu, ref op);
    }
}
