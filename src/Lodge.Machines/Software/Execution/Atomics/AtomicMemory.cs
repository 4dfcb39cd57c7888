namespace Lodge.Machines;

/// <summary>Memory that is read and written in one atomic step: with a <c>lock</c> prefix, or by an instruction that is of use
/// only where it is atomic, which is so without the prefix too.</summary>
internal readonly unsafe struct AtomicMemory<TOperation> : IMemoryHandler where TOperation : struct, IAtomicOperation
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        ulong address = TOperation.AddressOf<TSize, TAddress>(cpu, ref op);
        ulong value;
        ulong result;
        if (cpu.TryFindAtomic(address, TSize.Bytes, out byte* host))
            cpu.Change<TOperation, TSize>(ref op, host, out value, out result);
        else if (!cpu.TryChangeSlow<TOperation, TSize>(ref op, address, out value, out result))
            return BlockExit.Stopped;

        TOperation.Finish<TSize>(cpu, ref op, value, result);
        return MicroOp.Next(cpu, ref op);
    }
}
