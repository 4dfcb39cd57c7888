namespace Lodge.Machines;

/// <summary><c>jmp</c> to an address in a register.</summary>
internal readonly struct JumpRegister : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        ulong target = cpu.Register<ulong>(op.Source);
        if (!cpu.IsCanonical(target))
            return cpu.RaiseGeneralProtection(ref op);

        cpu.Rip = target;
        return BlockExit.Jumped;
    }
}
