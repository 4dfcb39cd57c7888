using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Lodge.Machines.Interop;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Machines;

/// <summary>The memory that a vCPU shares with the kernel: <c>struct kvm_run</c> and, behind it, the data of port
/// accesses.</summary>
/// <remarks>What the kernel says of places in it is checked against its size.</remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe class RunArea : IDisposable
{
    private readonly HostMapping _mapping;

    public RunArea(SafeFileHandle cpu, int size)
    {
        if (size < sizeof(kvm_run))
            throw new MachineException($"KVM's run area has {size} bytes, less than the {sizeof(kvm_run)} of its structure.");

        _mapping = HostMapping.MapDevice(cpu, 0, (ulong)size);
    }

    /// <summary>The structure. Use it while this object is held.</summary>
    public ref kvm_run Run
    {
        // In bounds: the size was checked. The caller holds this object, which holds the mapping; a disposed mapping has zero
        // pages.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.AsRef<kvm_run>((void*)_mapping.DangerousAddress);
    }

    /// <summary>Whether so many bytes at an offset lie in the area, behind what the kernel and we tell each other
    /// first.</summary>
    public bool Holds(ulong offset, ulong bytes)
        => offset >= kvm_run.ExitDataOffset && offset <= _mapping.Size && bytes <= _mapping.Size - offset;

    /// <summary>Reads 1 to 8 bytes at a place that <see cref="Holds"/> has found.</summary>
    public ulong Read(ulong offset, int size)
    {
        ulong value = 0;
        At(offset, size).CopyTo(new Span<byte>(&value, sizeof(ulong)));
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>Writes the lowest 1 to 8 bytes of a value at a place that <see cref="Holds"/> has found.</summary>
    public void Write(ulong offset, int size, ulong value)
    {
        new ReadOnlySpan<byte>(&value, size).CopyTo(At(offset, size));
        GC.KeepAlive(this);
    }

    public void Dispose() => _mapping.Dispose();

    private Span<byte> At(ulong offset, int size)
    {
        if (size is < 1 or > 8 || !Holds(offset, (ulong)size))
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"{size} bytes there do not lie in a run area of {_mapping.Size}.");
        }

        // In bounds: just checked. The callers keep this object alive.
        return new Span<byte>((byte*)_mapping.DangerousAddress + offset, size);
    }
}
