namespace Lodge.Machines;

/// <summary><c>verr</c>, <c>verw</c>, <c>lar</c> and <c>lsl</c>: ZF says whether a selector's segment can be seen, and for the
/// latter two the register gets its rights or its limit. <see cref="MicroOp.Extra"/> is which.</summary>
internal readonly struct CheckSegment : ISizedHandler
{
    public const byte ForReading = 0;
    public const byte ForWriting = 1;
    public const byte Rights = 2;
    public const byte Limit = 3;

    /// <summary>The immediate where the selector is in memory.</summary>
    public const int InMemory = 1;

    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong selector = cpu.Register<ushort>(op.Source);
        if (op.Immediate == InMemory && !cpu.TryRead<Size16>(ref op, FullAddress.Of(cpu, ref op), out selector))
            return BlockExit.Stopped;

        if (!cpu.TryCheckSegment((ushort)selector, op.Extra, out bool isVisible, out ulong value))
            return cpu.RaisePending(ref op);

        cpu.ReplaceZero(isVisible);
        if (isVisible && op.Extra >= Rights)
            TSize.Set(cpu, op.Destination, TSize.Truncate(value));

        return MicroOp.Next(cpu, ref op);
    }
}
