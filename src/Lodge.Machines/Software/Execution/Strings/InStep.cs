namespace Lodge.Machines;

/// <summary><c>ins</c>.</summary>
internal readonly struct InStep : IStringStep
{
    public static bool Compares => false;

    public static bool MayBegin<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
        => cpu.MayAccessPort(ref op, (ushort)cpu[RegisterFile.Rdx], TSize.Bytes);

    public static bool TryOne<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        // The host is asked only when the value has a place to go to.
        var port = (ushort)cpu[RegisterFile.Rdx];
        ulong to = StringPointers.Destination(cpu, ref op);
        if (!cpu.MayWrite(ref op, to, TSize.Bytes)
            || !cpu.TryDevice(ref op, new VmExit { Kind = VmExitKind.PortIn, Port = port, Size = TSize.Bytes }, out ulong value)
            || !cpu.TryWrite<TSize>(ref op, to, TSize.Truncate(value)))
        {
            return false;
        }

        StringPointers.Advance<TSize>(cpu, ref op, RegisterFile.Rdi);
        return true;
    }

    public static ulong Many<TSize>(Processor cpu, ref MicroOp op, ulong most) where TSize : struct, IOperandSize => 0;
}
