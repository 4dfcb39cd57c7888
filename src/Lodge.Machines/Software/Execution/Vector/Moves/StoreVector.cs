using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>movaps</c>, <c>movapd</c>, <c>movdqa</c> and the non-temporal moves to memory, which has to be aligned.</summary>
internal readonly struct StoreVector : IAddressHandler
{
    public static BlockExit Execute<TAddress>(Processor cpu, ref MicroOp op) where TAddress : struct, IOperandAddress
    {
        ulong address = TAddress.Of(cpu, ref op);
        if (!cpu.MayUseSse || (address & 15) != 0)
        {
            cpu.RefuseOperand(ref op);
            return BlockExit.Stopped;
        }

        if (!cpu.TryWriteValue(ref op, address, cpu.Xmm<Vector128<byte>>(op.Source)))
            return BlockExit.Stopped;

        return MicroOp.Next(cpu, ref op);
    }
}
