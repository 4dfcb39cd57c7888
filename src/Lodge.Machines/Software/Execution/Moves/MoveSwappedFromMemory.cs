using System.Buffers.Binary;

namespace Lodge.Machines;

/// <summary><c>movbe</c> from memory.</summary>
internal readonly struct MoveSwappedFromMemory : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (!cpu.TryRead<TSize>(ref op, TAddress.Of(cpu, ref op), out ulong value))
            return BlockExit.Stopped;

        TSize.Set(cpu, op.Destination, BinaryPrimitives.ReverseEndianness(value) >> (64 - (8 * TSize.Bytes)));
        return MicroOp.Next(cpu, ref op);
    }
}
