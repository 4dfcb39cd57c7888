using System.Numerics;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>tzcnt</c>.</summary>
internal readonly struct TrailingZeroCount : IBitScan
{
    public static bool TryCompute<TSize>(Processor cpu, ulong value, out ulong result) where TSize : struct, IOperandSize
    {
        int bits = 8 * TSize.Bytes;
        result = value == 0 ? (ulong)bits : (ulong)BitOperations.TrailingZeroCount(value);
        cpu.SetKnown((value == 0 ? FlagCarry : 0) | (result == 0 ? FlagZero : 0));
        return true;
    }
}
