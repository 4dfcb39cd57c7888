namespace Lodge.Machines;

/// <summary><c>mov</c> of a 64-bit immediate.</summary>
internal readonly struct MoveWideImmediate : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        cpu.Register<ulong>(op.Destination) = (ulong)op.Displacement;
        return MicroOp.Next(cpu, ref op);
    }
}
