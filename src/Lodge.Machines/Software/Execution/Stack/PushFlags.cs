namespace Lodge.Machines;

/// <summary><c>pushf</c>.</summary>
internal readonly struct PushFlags : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
        => cpu.TryPush<TSize>(ref op, TSize.Truncate(cpu.Rflags)) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;
}
