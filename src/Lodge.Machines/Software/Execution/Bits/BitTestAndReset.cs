using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>btr</c>.</summary>
internal readonly struct BitTestAndReset : IBitOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute(ulong value, ulong bit) => value & ~bit;
}
