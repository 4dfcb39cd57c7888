using System.Numerics;

namespace Lodge.Machines;

/// <summary><c>bsr</c>. Where there is no bit, the destination stays as it is.</summary>
internal readonly struct BitScanReverse : IBitScan
{
    public static bool TryCompute<TSize>(Processor cpu, ulong value, out ulong result) where TSize : struct, IOperandSize
    {
        cpu.ReplaceZero(value == 0);
        result = 63 - (ulong)BitOperations.LeadingZeroCount(value);
        return value != 0;
    }
}
