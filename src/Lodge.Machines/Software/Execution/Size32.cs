using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>Four bytes.</summary>
internal readonly unsafe struct Size32 : IOperandSize
{
    public static int Bytes => 4;

    public static int Log => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(byte* host) => *(uint*)host;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* host, ulong value) => *(uint*)host = (uint)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Get(Processor cpu, byte register) => (uint)cpu.Register<ulong>(register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(Processor cpu, byte register, ulong value) => cpu.Register<ulong>(register) = (uint)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Truncate(ulong value) => (uint)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SignExtend(ulong value) => (int)value;

    public static ulong CompareExchange(byte* host, ulong value, ulong comparand)
        => Interlocked.CompareExchange(ref *(uint*)host, (uint)value, (uint)comparand);
}
