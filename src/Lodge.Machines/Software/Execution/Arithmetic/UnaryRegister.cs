namespace Lodge.Machines;

/// <summary>A register that is read and written.</summary>
internal readonly struct UnaryRegister<TOperation> : ISizedHandler
    where TOperation : struct, IUnaryOperation
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong value = TSize.Get(cpu, op.Destination);
        ulong result = TOperation.Compute<TSize>(value);
        TOperation.SetFlags<TSize>(cpu, value, result);
        TSize.Set(cpu, op.Destination, result);
        return MicroOp.Next(cpu, ref op);
    }
}
