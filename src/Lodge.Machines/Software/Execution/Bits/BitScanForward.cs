using System.Numerics;

namespace Lodge.Machines;

/// <summary><c>bsf</c>. Where there is no bit, the destination stays as it is.</summary>
internal readonly struct BitScanForward : IBitScan
{
    public static bool TryCompute<TSize>(Processor cpu, ulong value, out ulong result) where TSize : struct, IOperandSize
    {
        cpu.ReplaceZero(value == 0);
        result = (ulong)BitOperations.TrailingZeroCount(value);
        return value != 0;
    }
}
