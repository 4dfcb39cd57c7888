using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>The SSE registers.</summary>
[InlineArray(Count)]
internal struct XmmFile
{
    public const int Count = 16;

    private const int RegisterBytes = 16;

    private Vector128<byte> _first;

    /// <summary>Where a register lies in the file, in bytes.</summary>
    public static byte OffsetOf(int register) => (byte)(register * RegisterBytes);
}
