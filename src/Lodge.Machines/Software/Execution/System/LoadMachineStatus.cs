using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>lmsw</c>: PE can be set and not cleared.</summary>
internal static class LoadMachineStatus
{
    private const ulong Changed = Cr0ProtectionEnable | Cr0MonitorCoprocessor | Cr0Emulation | Cr0TaskSwitched;

    public static BlockExit FromRegister(Processor cpu, ref MicroOp op) => Load(cpu, ref op, cpu.Register<ushort>(op.Source));

    public static BlockExit FromMemory(Processor cpu, ref MicroOp op)
    {
        if (!cpu.IsKernel)
            return cpu.RaiseGeneralProtection(ref op);

        return cpu.ReadSlow(ref op, FullAddress.Of(cpu, ref op), 2) ? Load(cpu, ref op, (ulong)cpu.Scratch) : BlockExit.Stopped;
    }

    private static BlockExit Load(Processor cpu, ref MicroOp op, ulong value)
    {
        ulong cr0 = (cpu.System.Cr0 & ~(Changed & ~Cr0ProtectionEnable)) | (value & Changed);
        return cpu.IsKernel && cpu.TrySetCr0(cr0) ? MicroOp.Next(cpu, ref op) : cpu.RaiseGeneralProtection(ref op);
    }
}
