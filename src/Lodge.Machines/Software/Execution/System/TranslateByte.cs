namespace Lodge.Machines;

/// <summary><c>xlatb</c>.</summary>
internal static class TranslateByte
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        ulong offset = cpu[RegisterFile.Rbx] + (byte)cpu[RegisterFile.Rax];
        ulong address = ((op.Address & AddressTraits.Narrow) != 0 ? (uint)offset : offset) + cpu.Register<ulong>(op.Segment);
        if (!cpu.TryRead<Size8>(ref op, address, out ulong value))
            return BlockExit.Stopped;

        Size8.Set(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, 1), value);
        return MicroOp.Next(cpu, ref op);
    }
}
