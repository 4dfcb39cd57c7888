namespace Lodge.Machines;

/// <summary><c>lea</c>. The size is the destination's.</summary>
internal readonly struct LoadAddress : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        // The segment does not count.
        ulong address = typeof(TAddress) == typeof(FullAddress) ? FullAddress.OffsetOf(cpu, ref op) : TAddress.Of(cpu, ref op);
        TSize.Set(cpu, op.Destination, TSize.Truncate(address));
        return MicroOp.Next(cpu, ref op);
    }
}
