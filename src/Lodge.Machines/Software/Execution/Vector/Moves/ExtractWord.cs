namespace Lodge.Machines;

/// <summary><c>pextrw</c>.</summary>
internal readonly struct ExtractWord : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        if (!cpu.MayUseSse)
            return cpu.StopWithoutSse(ref op);

        cpu.Register<ulong>(op.Destination) = cpu.Xmm<ushort>((byte)(op.Source + (2 * (op.Immediate & 7))));
        return MicroOp.Next(cpu, ref op);
    }
}
