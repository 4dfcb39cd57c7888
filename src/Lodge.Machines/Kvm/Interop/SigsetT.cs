using System.Runtime.InteropServices;

namespace Lodge.Machines.Interop;

/// <summary><c>sigset_t</c> of the C libraries: bit n - 1 is signal n. The kernel knows the first word only.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct sigset_t
{
    public ulong first;
}
