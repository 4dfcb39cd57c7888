using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <content>The registers of SSE, and those of the x87 that are kept without being computed with.</content>
internal sealed unsafe partial class Processor
{
    private XmmFile _xmm;
    private FpuRegisters _fpu = FpuRegisters.Initial;

    /// <summary>MXCSR.</summary>
    internal uint Mxcsr
    {
        get => _fpu.Mxcsr;
        set => _fpu.Mxcsr = value;
    }

    internal FpuRegisters GetFpu()
    {
        FpuRegisters registers = _fpu;
        for (int index = 0; index < XmmFile.Count; index++)
            registers.Xmm[index] = Unsafe.BitCast<Vector128<byte>, UInt128>(_xmm[index]);

        return registers;
    }

    internal void SetFpu(FpuRegisters registers)
    {
        _fpu = registers;
        for (int index = 0; index < XmmFile.Count; index++)
            _xmm[index] = Unsafe.BitCast<UInt128, Vector128<byte>>(registers.Xmm[index]);
    }
}
