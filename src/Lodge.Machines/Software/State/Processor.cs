using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>The software CPU: its registers, and what its instructions need. <see cref="SoftwareCpu"/> is what hosts see of
/// it.</summary>
internal sealed unsafe partial class Processor
{
    private RegisterFile _registers;

    /// <summary>Where the next block begins, and between blocks where the guest is.</summary>
    internal ulong Rip;

    /// <summary>Where the block that is executed begins.</summary>
    internal ulong BlockStart;

    public Processor(SoftwareMachine machine, SoftwareOptions options)
    {
        _machine = machine;
        _options = options;
        _compilesAfter = options.Compiles && CompiledRegions.IsSupported ? options.CompilesAfter : -1;
        Reset();
    }

    /// <summary>A register, or a part of it.</summary>
    /// <param name="offset">Where it lies in the register file. Offsets come from <see cref="RegisterFile.OffsetOf(int)"/> only,
    /// so that they lie inside.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref T Register<T>(byte offset) where T : unmanaged
        => ref Unsafe.As<ulong, T>(ref Unsafe.AddByteOffset(ref Unsafe.As<RegisterFile, ulong>(ref _registers), (nuint)offset));

    /// <summary>A general register by its number in encodings.</summary>
    internal ref ulong this[int register] => ref _registers[register];

    /// <summary>Where an instruction of the block lies.</summary>
    internal ulong AddressOf(ref MicroOp op) => BlockStart + op.Offset;

    /// <summary>Where the instruction after it lies.</summary>
    internal ulong AddressAfter(ref MicroOp op) => BlockStart + op.Offset + op.Length;
}
