using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>smsw</c>, <c>str</c> and <c>sldt</c>: <see cref="MicroOp.Extra"/> is which. The size is that of a register
/// destination; memory gets 2 bytes.</summary>
internal readonly struct StoreSystemRegister : ISizedHandler
{
    public const byte MachineStatus = 0;
    public const byte Task = 1;
    public const byte LocalTable = 2;

    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        if (!TryGet(cpu, ref op, out ulong value))
            return cpu.RaiseGeneralProtection(ref op);

        TSize.Set(cpu, op.Destination, TSize.Truncate(value));
        return MicroOp.Next(cpu, ref op);
    }

    public static BlockExit ToMemory(Processor cpu, ref MicroOp op)
    {
        if (!TryGet(cpu, ref op, out ulong value))
            return cpu.RaiseGeneralProtection(ref op);

        return cpu.TryWrite<Size16>(ref op, FullAddress.Of(cpu, ref op), (ushort)value)
            ? MicroOp.Next(cpu, ref op)
            : BlockExit.Stopped;
    }

    private static bool TryGet(Processor cpu, ref MicroOp op, out ulong value)
    {
        value = op.Extra switch
        {
            MachineStatus => cpu.System.Cr0,
            Task => cpu.System.Tr.Selector,
            _ => cpu.System.Ldt.Selector,
        };
        return cpu.IsKernel || (cpu.System.Cr4 & Cr4UserModePrevention) == 0;
    }
}
