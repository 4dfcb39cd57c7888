using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lodge.Machines;

/// <summary>A decoded instruction: the code that executes it, and its operands.</summary>
/// <remarks>
/// A handler ends by calling the next instruction's handler. The JIT turns that into a jump, and where it does not (in
/// unoptimised code) the stack stays bounded, because a block is bounded and its last handler returns.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MicroOp
{
    /// <summary>What one takes.</summary>
    public const int Bytes = 40;

    /// <summary>The code.</summary>
    public delegate*<Processor, ref MicroOp, BlockExit> Handler;

    /// <summary>The displacement of a memory operand, or a 64-bit immediate.</summary>
    public long Displacement;

    /// <summary>The immediate, or what else the handler wants.</summary>
    public int Immediate;

    /// <summary>Where in the block the instruction begins, in bytes.</summary>
    public ushort Offset;

    /// <summary>The instruction's bytes.</summary>
    public byte Length;

    /// <summary>How many instructions of the block come before it.</summary>
    public byte Number;

    /// <summary>The offset of the register that is written, in the register file.</summary>
    public byte Destination;

    /// <summary>The offset of the register that is read.</summary>
    public byte Source;

    /// <summary>The offset of the address' base register.</summary>
    public byte Base;

    /// <summary>The offset of the address' index register.</summary>
    public byte Index;

    /// <summary>How far the index is shifted to the left.</summary>
    public byte Shift;

    /// <summary>The offset of the segment's base address.</summary>
    public byte Segment;

    /// <summary>What is to be known about the address.</summary>
    public AddressTraits Address;

    /// <summary>A further register or detail.</summary>
    public byte Extra;

    /// <summary>Goes on with the next instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockExit Next(Processor cpu, ref MicroOp op)
    {
        ref MicroOp next = ref Unsafe.Add(ref op, 1);
        return next.Handler(cpu, ref next);
    }
}
