namespace Lodge.Machines;

/// <summary><c>bsf</c> and its like on a register.</summary>
internal readonly struct ScanRegister<TScan> : ISizedHandler where TScan : struct, IBitScan
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        if (TScan.TryCompute<TSize>(cpu, TSize.Get(cpu, op.Source), out ulong result))
            TSize.Set(cpu, op.Destination, result);

        return MicroOp.Next(cpu, ref op);
    }
}
