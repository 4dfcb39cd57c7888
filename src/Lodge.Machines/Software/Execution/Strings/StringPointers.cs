using System.Runtime.CompilerServices;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary>The pointers of string instructions.</summary>
internal static unsafe class StringPointers
{
    /// <summary>The address that RSI stands for.</summary>
    public static ulong Source(Processor cpu, ref MicroOp op)
        => Masked(ref op, cpu[RegisterFile.Rsi]) + cpu.Register<ulong>(op.Segment);

    /// <summary>The address that RDI stands for.</summary>
    public static ulong Destination(Processor cpu, ref MicroOp op) => Masked(ref op, cpu[RegisterFile.Rdi]);

    /// <summary>Moves a pointer behind one element, or before it.</summary>
    public static void Advance<TSize>(Processor cpu, ref MicroOp op, int register) where TSize : struct, IOperandSize
    {
        ulong step = (ulong)TSize.Bytes;
        if ((cpu.SystemFlags & FlagDirection) != 0)
            step = 0 - step;

        cpu[register] = Masked(ref op, cpu[register] + step);
    }

    /// <summary>How many elements there are from an address to its page's end, at most <paramref name="most"/>.</summary>
    public static ulong OnPage<TSize>(ulong address, ulong most) where TSize : struct, IOperandSize
        => Math.Min(most, (TlbEntry.PageBytes - (address & ~TlbEntry.PageMask)) >> TSize.Log);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Masked(ref MicroOp op, ulong value) => (op.Address & AddressTraits.Narrow) != 0 ? (uint)value : value;
}
