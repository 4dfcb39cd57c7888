using System.Runtime.InteropServices;

namespace Lodge.Machines.Interop;

/// <summary><c>struct sigaction</c> of the C libraries for x86-64 Linux.</summary>
[StructLayout(LayoutKind.Explicit, Size = 152)]
internal struct sigaction_t
{
    [FieldOffset(0)]
    public nint sa_handler;

    [FieldOffset(8)]
    public sigset_t sa_mask;

    [FieldOffset(136)]
    public int sa_flags;

    [FieldOffset(144)]
    public nint sa_restorer;
}
