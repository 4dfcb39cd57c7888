using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Lodge.Machines.ControlBits;

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

    /// <summary>The second operand of an operation on vectors that is done the long way.</summary>
    internal Vector128<byte> Operand;

    /// <summary>Whether the host rounds as MXCSR says, and inexactness changes nothing: it is masked and has been flagged.
    /// Denormal numbers are another matter.</summary>
    internal bool RoundsPlainly
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsPlainRounding(_fpu.Mxcsr);
    }

    /// <summary>Whether results are rounded to the nearest.</summary>
    internal bool RoundsToNearest => (_fpu.Mxcsr & MxcsrBits.Rounding) == 0;

    /// <summary>As <see cref="RoundsPlainly"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsPlainRounding(uint mxcsr)
        => (mxcsr & (MxcsrBits.Rounding | MxcsrBits.Masks | MxcsrBits.Precision)) == (MxcsrBits.Masks | MxcsrBits.Precision);

    /// <summary>Whether inexactness changes nothing: it is masked and has been flagged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsPrecisionIgnored(uint mxcsr)
        => (~mxcsr & (MxcsrBits.Precision | (MxcsrBits.Precision << MxcsrBits.MaskShift))) == 0;

    /// <summary>The x87 registers and MXCSR; the SSE registers are not kept up to date in it.</summary>
    internal ref FpuRegisters Fpu => ref _fpu;

    /// <summary>Whether the control registers let SSE instructions be executed.</summary>
    internal bool MayUseSse
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ((_system.Cr0 & (Cr0Emulation | Cr0TaskSwitched)) | (~_system.Cr4 & Cr4FxSave)) == 0;
    }

    /// <summary>A register of SSE, or a part of it.</summary>
    /// <param name="offset">Where it lies in the file, in bytes. Offsets come from <see cref="XmmFile.OffsetOf"/> and are moved
    /// inside of the register only, so that they lie inside.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref T Xmm<T>(byte offset) where T : unmanaged
        => ref Unsafe.As<Vector128<byte>, T>(
            ref Unsafe.AddByteOffset(ref Unsafe.As<XmmFile, Vector128<byte>>(ref _xmm), (nuint)offset));

    /// <summary>Reads 1 to 16 bytes from a guest-virtual address.</summary>
    /// <returns>False where the instruction has to stop.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReadValue<T>(ref MicroOp op, ulong address, out T value) where T : unmanaged
    {
        if (TryFindReadable(address, sizeof(T), out byte* host))
        {
            value = Unsafe.ReadUnaligned<T>(host);
            return true;
        }

        bool done = ReadSlow(ref op, address, sizeof(T));
        value = Unsafe.As<UInt128, T>(ref _scratch);
        return done;
    }

    /// <summary>Writes 1 to 16 bytes to a guest-virtual address.</summary>
    /// <returns>False where the instruction has to stop.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryWriteValue<T>(ref MicroOp op, ulong address, T value) where T : unmanaged
    {
        if (TryFindWritable(address, sizeof(T), out byte* host))
        {
            Unsafe.WriteUnaligned(host, value);
            return true;
        }

        Unsafe.As<UInt128, T>(ref _scratch) = value;
        return WriteSlow(ref op, address, sizeof(T), _scratch);
    }

    /// <summary>Stops an SSE instruction that the control registers do not let be executed.</summary>
    /// <returns>False.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool RefuseSse(ref MicroOp op)
    {
        bool isUndefined = (_system.Cr0 & Cr0Emulation) != 0 || (_system.Cr4 & Cr4FxSave) == 0;
        Raise(ref op, isUndefined ? ExceptionVector.InvalidOpcode : ExceptionVector.DeviceNotAvailable);
        return false;
    }

    /// <summary>As <see cref="RefuseSse"/>, or for an operand in memory that is not aligned.</summary>
    /// <returns>False.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool RefuseOperand(ref MicroOp op)
    {
        if (!MayUseSse)
            return RefuseSse(ref op);

        RaiseGeneralProtection(ref op);
        return false;
    }

    /// <summary>As <see cref="RefuseSse"/>, for handlers.</summary>
    internal BlockExit StopWithoutSse(ref MicroOp op)
    {
        RefuseSse(ref op);
        return BlockExit.Stopped;
    }

    /// <summary>Flags exceptions in MXCSR.</summary>
    /// <returns>False where one of them is not masked: the instruction stops, and must not have changed anything.</returns>
    internal bool TryRaiseFloat(ref MicroOp op, uint flags)
    {
        uint unmasked = flags & ~(_fpu.Mxcsr >> MxcsrBits.MaskShift);

        // Where operands stop the instruction no result is computed that could raise something.
        if ((unmasked & MxcsrBits.FlagsOfOperands) != 0)
            flags &= MxcsrBits.FlagsOfOperands;

        _fpu.Mxcsr |= flags;
        if (unmasked == 0)
            return true;

        bool isKnown = (_system.Cr4 & Cr4SimdExceptions) != 0;
        Raise(ref op, isKnown ? ExceptionVector.SimdFloatingPoint : ExceptionVector.InvalidOpcode);
        return false;
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
