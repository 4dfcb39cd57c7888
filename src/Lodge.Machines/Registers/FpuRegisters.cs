using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lodge.Machines;

/// <summary>The x87 and SSE registers of an x86-64 processor.</summary>
public struct FpuRegisters : IEquatable<FpuRegisters>
{
    /// <summary>MXCSR after a reset: all exceptions masked, rounding to nearest.</summary>
    public const uint InitialMxcsr = 0x1F80;

    /// <summary>The x87 control word after <c>fninit</c>.</summary>
    public const ushort InitialControlWord = 0x37F;

    private StRegisters _st;
    private XmmRegisters _xmm;

    /// <summary>The state after <c>fninit</c>, with all registers zero and <see cref="InitialMxcsr"/>.</summary>
    public static FpuRegisters Initial => new() { ControlWord = InitialControlWord, Mxcsr = InitialMxcsr };

    /// <summary>The x87 control word.</summary>
    public ushort ControlWord { get; set; }

    /// <summary>The x87 status word.</summary>
    public ushort StatusWord { get; set; }

    /// <summary>Which x87 registers are in use, a bit each (the abridged tag word of <c>fxsave</c>).</summary>
    public byte Tags { get; set; }

    /// <summary>The opcode of the last x87 instruction.</summary>
    public ushort Opcode { get; set; }

    /// <summary>The address of the last x87 instruction.</summary>
    public ulong InstructionPointer { get; set; }

    /// <summary>The address of its operand.</summary>
    public ulong DataPointer { get; set; }

    /// <summary>MXCSR.</summary>
    public uint Mxcsr { get; set; }

    /// <summary>ST0 to ST7, 80 bits each.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public Span<UInt128> St => MemoryMarshal.CreateSpan(ref Unsafe.As<StRegisters, UInt128>(ref _st), 8);

    /// <summary>XMM0 to XMM15.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public Span<UInt128> Xmm => MemoryMarshal.CreateSpan(ref Unsafe.As<XmmRegisters, UInt128>(ref _xmm), 16);

    /// <summary>Whether two states are the same.</summary>
    public static bool operator ==(FpuRegisters left, FpuRegisters right) => left.Equals(right);

    /// <summary>Whether two states differ.</summary>
    public static bool operator !=(FpuRegisters left, FpuRegisters right) => !left.Equals(right);

    /// <inheritdoc/>
    public readonly bool Equals(FpuRegisters other)
    {
        FpuRegisters self = this;
        return ControlWord == other.ControlWord && StatusWord == other.StatusWord && Tags == other.Tags && Opcode == other.Opcode
            && InstructionPointer == other.InstructionPointer && DataPointer == other.DataPointer && Mxcsr == other.Mxcsr
            && self.St.SequenceEqual(other.St) && self.Xmm.SequenceEqual(other.Xmm);
    }

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is FpuRegisters other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        FpuRegisters self = this;
        return HashCode.Combine(ControlWord, StatusWord, Tags, Mxcsr, self.St[0], self.Xmm[0], self.Xmm[1]);
    }

    [InlineArray(8)]
    private struct StRegisters
    {
        private UInt128 _first;
    }

    [InlineArray(16)]
    private struct XmmRegisters
    {
        private UInt128 _first;
    }
}
