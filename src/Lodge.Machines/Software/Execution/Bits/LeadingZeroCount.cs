using System.Numerics;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>lzcnt</c>.</summary>
internal readonly struct LeadingZeroCount : IBitScan
{
    public static bool TryCompute<TSize>(Processor cpu, ulong value, out ulong result) where TSize : struct, IOperandSize
    {
        int bits = 8 * TSize.Bytes;
        result = (ulong)(BitOperations.LeadingZeroCount(value) - (64 - bits));
        cpu.SetKnown((value == 0 ? FlagCarry : 0) | (result == 0 ? FlagZero : 0));
        return true;
    }
}
