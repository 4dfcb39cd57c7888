using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>One byte.</summary>
internal readonly unsafe struct Size8 : IOperandSize
{
    public static int Bytes => 1;

    public static int Log => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(byte* host) => *host;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* host, ulong value) => *host = (byte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Get(Processor cpu, byte register) => cpu.Register<byte>(register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(Processor cpu, byte register, ulong value) => cpu.Register<byte>(register) = (byte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Truncate(ulong value) => (byte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SignExtend(ulong value) => (sbyte)value;

    public static ulong CompareExchange(byte* host, ulong value, ulong comparand)
        => Interlocked.CompareExchange(ref *host, (byte)value, (byte)comparand);
}
