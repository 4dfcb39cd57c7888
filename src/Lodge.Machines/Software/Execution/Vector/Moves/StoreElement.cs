namespace Lodge.Machines;

/// <summary><c>movss</c>, <c>movsd</c>, <c>movd</c>, <c>movq</c>, <c>movlps</c> and <c>movhps</c> to memory, and unaligned moves
/// of a whole register.</summary>
internal readonly struct StoreElement<T> : IAddressHandler where T : unmanaged
{
    public static BlockExit Execute<TAddress>(Processor cpu, ref MicroOp op) where TAddress : struct, IOperandAddress
    {
        if (!cpu.MayUseSse)
            return cpu.StopWithoutSse(ref op);

        if (!cpu.TryWriteValue(ref op, TAddress.Of(cpu, ref op), cpu.Xmm<T>(op.Source)))
            return BlockExit.Stopped;

        return MicroOp.Next(cpu, ref op);
    }
}
