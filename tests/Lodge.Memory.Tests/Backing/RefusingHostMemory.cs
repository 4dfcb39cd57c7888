using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory.Tests;

/// <summary>A system that has nothing to give, and takes back only when it is told to. It never touches an address.</summary>
internal sealed class RefusingHostMemory : IHostMemorySystem
{
    private static readonly HostMemoryException Refusal = new("pretend", 12);

    public bool RefusesToRetire { get; set; }

    public int RetireCalls { get; private set; }

    public int Released { get; private set; }

    public ulong MappingGranularity => 4096;

    public MappingHandle MapAnonymous(ulong size, MappingOptions options) => throw Refusal;

    public MappingHandle MapFile(
        SafeHandle file, FileKind kind, ulong offset, ulong size, FileSharing sharing, MappingOptions options) => throw Refusal;

    public SafeFileHandle CreateSharedFile(string name, ulong size, MappingOptions options) => throw Refusal;

    public void RequireFixedSize(SafeFileHandle file) => throw Refusal;

    public void Retire(MappingHandle mapping)
    {
        RetireCalls++;
        if (RefusesToRetire)
            throw Refusal;
    }

    public bool TryDiscard(
        MappingHandle mapping, ulong offset, ulong size, [NotNullWhen(false)] out HostMemoryException? failure)
    {
        failure = Refusal;
        return false;
    }

    public bool Release(MappingHandle mapping)
    {
        Released++;
        return true;
    }
}
