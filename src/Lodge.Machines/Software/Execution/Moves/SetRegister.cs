namespace Lodge.Machines;

/// <summary><c>setcc</c> of a register.</summary>
internal readonly struct SetRegister : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        cpu.Register<byte>(op.Destination) = cpu.Holds(op.Extra) ? (byte)1 : (byte)0;
        return MicroOp.Next(cpu, ref op);
    }
}
