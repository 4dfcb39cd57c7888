using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>The SSE registers.</summary>
[InlineArray(Count)]
internal struct XmmFile
{
    public const int Count = 16;

    private Vector128<byte> _first;
}
