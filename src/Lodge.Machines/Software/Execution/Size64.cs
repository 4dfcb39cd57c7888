using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>Eight bytes.</summary>
internal readonly unsafe struct Size64 : IOperandSize
{
    public static int Bytes => 8;

    public static int Log => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(byte* host) => *(ulong*)host;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* host, ulong value) => *(ulong*)host = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Get(Processor cpu, byte register) => cpu.Register<ulong>(register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(Processor cpu, byte register, ulong value) => cpu.Register<ulong>(register) = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Truncate(ulong value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SignExtend(ulong value) => (long)value;

    public static ulong CompareExchange(byte* host, ulong value, ulong comparand)
        => Interlocked.CompareExchange(ref *(ulong*)host, value, comparand);
}
