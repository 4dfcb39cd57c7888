using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>bt</c>.</summary>
internal readonly struct BitTest : IBitOperation
{
    public static bool Writes => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute(ulong value, ulong bit) => value;
}
