namespace Lodge.Machines;

/// <summary><c>pinsrw</c>.</summary>
internal readonly struct InsertWord : IVectorHandler
{
    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGet(cpu, ref op, out ushort value))
            return BlockExit.Stopped;

        cpu.Xmm<ushort>((byte)(op.Destination + (2 * (op.Immediate & 7)))) = value;
        return MicroOp.Next(cpu, ref op);
    }
}
