using System.Runtime.InteropServices;

namespace Lodge.Benchmarks.Memory;

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Iovec
{
    public void* Base;
    public nuint Length;
}
