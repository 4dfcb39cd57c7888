namespace Lodge.Machines;

/// <summary><c>nop</c>, and what is none on this processor: hints, fences and prefetches.</summary>
internal readonly struct NoOperation : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        return MicroOp.Next(cpu, ref op);
    }
}
