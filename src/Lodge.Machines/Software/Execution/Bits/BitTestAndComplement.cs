using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>btc</c>.</summary>
internal readonly struct BitTestAndComplement : IBitOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute(ulong value, ulong bit) => value ^ bit;
}
