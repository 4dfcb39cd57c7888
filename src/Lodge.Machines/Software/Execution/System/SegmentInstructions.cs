namespace Lodge.Machines;

/// <summary>Instructions with segment registers. <see cref="MicroOp.Extra"/> is the segment's number.</summary>
internal static class SegmentInstructions
{
    /// <summary><c>mov</c> to a segment register. Behind SS, the next instruction is executed before interrupts and traps
    /// come.</summary>
    public static BlockExit MoveFromRegister(Processor cpu, ref MicroOp op)
        => Load(cpu, ref op, cpu.Register<ushort>(op.Source));

    public static BlockExit MoveFromMemory(Processor cpu, ref MicroOp op)
        => cpu.TryRead<Size16>(ref op, FullAddress.Of(cpu, ref op), out ulong selector)
            ? Load(cpu, ref op, (ushort)selector)
            : BlockExit.Stopped;

    public static BlockExit MoveToMemory(Processor cpu, ref MicroOp op)
        => cpu.TryWrite<Size16>(ref op, FullAddress.Of(cpu, ref op), cpu.GetSegment((SegmentName)op.Extra).Selector)
            ? MicroOp.Next(cpu, ref op)
            : BlockExit.Stopped;

    /// <summary><c>lss</c>, <c>lfs</c> and <c>lgs</c>; the immediate is the offset's size.</summary>
    public static BlockExit LoadFarPointer(Processor cpu, ref MicroOp op)
    {
        int size = op.Immediate;
        if (!cpu.ReadSlow(ref op, FullAddress.Of(cpu, ref op), size + 2))
            return BlockExit.Stopped;

        UInt128 pointer = cpu.Scratch;
        if (!cpu.TryLoadSegment((SegmentName)op.Extra, (ushort)(pointer >> (8 * size))))
            return cpu.RaisePending(ref op);

        switch (size)
        {
            case 2:
                Size16.Set(cpu, op.Destination, (ulong)pointer);
                break;
            case 4:
                Size32.Set(cpu, op.Destination, (ulong)pointer);
                break;
            default:
                Size64.Set(cpu, op.Destination, (ulong)pointer);
                break;
        }

        return MicroOp.Next(cpu, ref op);
    }

    private static BlockExit Load(Processor cpu, ref MicroOp op, ushort selector)
    {
        if (!cpu.TryLoadSegment((SegmentName)op.Extra, selector))
            return cpu.RaisePending(ref op);

        if (op.Extra != (byte)SegmentName.Ss)
            return MicroOp.Next(cpu, ref op);

        cpu.ShadowInterrupts();
        cpu.OmitTrap();
        cpu.Rip = cpu.AddressAfter(ref op);
        return BlockExit.Jumped;
    }
}
