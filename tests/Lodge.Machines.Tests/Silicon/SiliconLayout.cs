namespace Lodge.Machines.Tests.Silicon;

/// <summary>The addresses that a case sees, the same on the processor (<c>silicon.c</c>) and in a machine.</summary>
/// <remarks>
/// <code>
/// 0x10000000  code         r-x   full of int3 but for the case's own bytes
/// 0x20000000  data         r--
/// 0x20001000  data         rw-   two pages
/// </code>
/// <para>All else is not mapped. Data begins as <see cref="Background"/>, to which a case adds patches.</para>
/// </remarks>
internal static class SiliconLayout
{
    public const ulong CodeStart = 0x1000_0000;
    public const int CodeSize = 0x2000;
    public const ulong CodeEnd = CodeStart + CodeSize;

    public const ulong DataStart = 0x2000_0000;
    public const int ReadOnlySize = 0x1000;
    public const int DataSize = 0x3000;
    public const ulong WritableStart = DataStart + ReadOnlySize;
    public const ulong WritableMiddle = DataStart + 0x2000;
    public const ulong DataEnd = DataStart + DataSize;

    public const ulong FsBase = 0x2000_1010;
    public const ulong GsBase = 0x2000_2008;

    public const byte Int3 = 0xCC;

    /// <summary>RFLAGS of a user's program: interrupts on, and the bit that is always set.</summary>
    public const ulong UserFlags = ControlBits.FlagFixed | ControlBits.FlagInterrupt;

    /// <summary>The flags that a case may begin with: those that a signal's frame can set, without TF and AC, which
    /// make exceptions.</summary>
    public const ulong FreeFlags = ControlBits.ArithmeticFlags | ControlBits.FlagDirection;

    /// <summary>What the data pages are between cases: values of which instructions make something, the same in every
    /// run.</summary>
    public static ReadOnlySpan<byte> Background => BackgroundBytes;

    private static readonly byte[] BackgroundBytes = MakeBackground();

    private static byte[] MakeBackground()
    {
        var random = new CaseRandom(0x5111C04);
        var bytes = new byte[DataSize];
        for (int offset = 0; offset < bytes.Length; offset += 16)
            OperandValues.Vector(random, bytes.AsSpan(offset, 16));

        return bytes;
    }
}
