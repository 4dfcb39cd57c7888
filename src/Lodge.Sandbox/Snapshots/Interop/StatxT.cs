using System.Runtime.InteropServices;

namespace Lodge.Sandbox.Interop;

/// <summary><c>struct statx</c>, of which the type of a file is wanted.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct statx_t
{
    [FieldOffset(0)]
    public uint stx_mask;

    [FieldOffset(28)]
    public ushort stx_mode;
}
