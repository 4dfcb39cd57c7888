using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>With zeros.</summary>
internal readonly struct ZeroExtension : IExtension
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Extend<TSize>(ulong value) where TSize : struct, IOperandSize => value;
}
