using System.Numerics;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>popcnt</c>.</summary>
internal readonly struct PopulationCount : IBitScan
{
    public static bool TryCompute<TSize>(Processor cpu, ulong value, out ulong result) where TSize : struct, IOperandSize
    {
        result = (ulong)BitOperations.PopCount(value);
        cpu.SetKnown(value == 0 ? FlagZero : 0);
        return true;
    }
}
