namespace Lodge.Machines;

/// <summary><c>movss</c> and <c>movsd</c> between registers, <c>movlps</c>, <c>movlpd</c> and <c>movhlps</c>: the lowest element,
/// and the others stay.</summary>
internal readonly struct InsertElement<T> : IVectorHandler where T : unmanaged
{
    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGet(cpu, ref op, out T value))
            return BlockExit.Stopped;

        cpu.Xmm<T>(op.Destination) = value;
        return MicroOp.Next(cpu, ref op);
    }
}
