using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>bts</c>.</summary>
internal readonly struct BitTestAndSet : IBitOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute(ulong value, ulong bit) => value | bit;
}
