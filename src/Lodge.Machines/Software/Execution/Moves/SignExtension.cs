using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>With its sign.</summary>
internal readonly struct SignExtension : IExtension
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Extend<TSize>(ulong value) where TSize : struct, IOperandSize => (ulong)TSize.SignExtend(value);
}
