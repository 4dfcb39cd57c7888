using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>Two bytes.</summary>
internal readonly unsafe struct Size16 : IOperandSize
{
    public static int Bytes => 2;

    public static int Log => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(byte* host) => *(ushort*)host;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* host, ulong value) => *(ushort*)host = (ushort)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Get(Processor cpu, byte register) => cpu.Register<ushort>(register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(Processor cpu, byte register, ulong value) => cpu.Register<ushort>(register) = (ushort)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Truncate(ulong value) => (ushort)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SignExtend(ulong value) => (short)value;

    public static ulong CompareExchange(byte* host, ulong value, ulong comparand)
        => Interlocked.CompareExchange(ref *(ushort*)host, (ushort)value, (ushort)comparand);
}
