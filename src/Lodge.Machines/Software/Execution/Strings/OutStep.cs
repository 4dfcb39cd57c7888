namespace Lodge.Machines;

/// <summary><c>outs</c>.</summary>
internal readonly struct OutStep : IStringStep
{
    public static bool Compares => false;

    public static bool MayBegin<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
        => cpu.MayAccessPort(ref op, (ushort)cpu[RegisterFile.Rdx], TSize.Bytes);

    public static bool TryOne<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        var port = (ushort)cpu[RegisterFile.Rdx];
        if (!cpu.TryRead<TSize>(ref op, StringPointers.Source(cpu, ref op), out ulong value)
            || !cpu.TryDevice(
                ref op, new VmExit { Kind = VmExitKind.PortOut, Port = port, Size = TSize.Bytes, Value = value }, out _))
        {
            return false;
        }

        StringPointers.Advance<TSize>(cpu, ref op, RegisterFile.Rsi);
        return true;
    }

    public static ulong Many<TSize>(Processor cpu, ref MicroOp op, ulong most) where TSize : struct, IOperandSize => 0;
}
