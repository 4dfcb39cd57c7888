namespace Lodge.Machines;

/// <summary><c>call</c> of an address in a register.</summary>
internal readonly struct CallRegister : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        ulong target = cpu.Register<ulong>(op.Source);
        if (!cpu.IsCanonical(target))
            return cpu.RaiseForTargetOfCall(ref op);

        if (!cpu.TryPush<Size64>(ref op, cpu.AddressAfter(ref op)))
            return BlockExit.Stopped;

        cpu.Rip = target;
        return BlockExit.Jumped;
    }
}
