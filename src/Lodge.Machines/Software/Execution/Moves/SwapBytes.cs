using System.Buffers.Binary;

namespace Lodge.Machines;

/// <summary><c>bswap</c>.</summary>
internal readonly struct SwapBytes : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong value = TSize.Get(cpu, op.Destination);

        // Of 16 bits it is undefined; processors give zero.
        TSize.Set(cpu, op.Destination, TSize.Bytes switch
        {
            8 => BinaryPrimitives.ReverseEndianness(value),
            4 => BinaryPrimitives.ReverseEndianness((uint)value),
            _ => 0,
        });
        return MicroOp.Next(cpu, ref op);
    }
}
