namespace Lodge.Machines;

/// <summary><c>ret</c>. The immediate is how many bytes more are taken from the stack.</summary>
internal readonly struct Return : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        ulong stack = cpu[RegisterFile.Rsp];
        if (!cpu.TryRead<Size64>(ref op, stack, out ulong target))
            return BlockExit.Stopped;

        if (!cpu.IsCanonical(target))
            return cpu.RaiseGeneralProtection(ref op);

        cpu[RegisterFile.Rsp] = stack + sizeof(ulong) + (ulong)op.Immediate;
        cpu.Rip = target;
        return BlockExit.Jumped;
    }
}
