using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>All that there is: a segment's base, and offsets of 32 bits.</summary>
internal readonly struct FullAddress : IOperandAddress
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(Processor cpu, ref MicroOp op)
        => OffsetOf(cpu, ref op) + cpu.Register<ulong>(op.Segment);

    /// <summary>The address without its segment, as <c>lea</c> has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OffsetOf(Processor cpu, ref MicroOp op)
    {
        ulong offset = IndexedAddress.Of(cpu, ref op);
        return (op.Address & AddressTraits.Narrow) != 0 ? (uint)offset : offset;
    }
}
