namespace Lodge.Machines;

/// <summary><c>call</c> of a fixed address.</summary>
internal readonly struct CallNear : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
        => cpu.TryPush<Size64>(ref op, cpu.AddressAfter(ref op)) ? BlockExit.Taken : BlockExit.Stopped;
}
