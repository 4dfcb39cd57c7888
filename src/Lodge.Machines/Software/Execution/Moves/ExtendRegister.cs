namespace Lodge.Machines;

/// <summary><c>movzx</c>, <c>movsx</c> and <c>movsxd</c> from a register. The size is the source's.</summary>
internal readonly struct ExtendRegister<TExtension, TDestination> : ISizedHandler
    where TExtension : struct, IExtension
    where TDestination : struct, IOperandSize
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        TDestination.Set(cpu, op.Destination, TExtension.Extend<TSize>(TSize.Get(cpu, op.Source)));
        return MicroOp.Next(cpu, ref op);
    }
}
