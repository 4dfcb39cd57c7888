using System.Collections.Concurrent;
using System.Runtime.ConstrainedExecution;

namespace Lodge.Memory.Tests;

/// <summary>Stands for something native that uses a mapping until its own finalizer, and notes then whether it was still there.</summary>
internal sealed class RangeHolder : CriticalFinalizerObject
{
    private readonly HostMapping _mapping;

    public RangeHolder(HostMapping mapping)
    {
        _mapping = mapping;
        bool added = false;
        mapping.SafeHandle.DangerousAddRef(ref added);
    }

    ~RangeHolder()
    {
        Seen.Add(AddressSpaceMap.Read().RightsAt(_mapping.DangerousAddress));
        _mapping.SafeHandle.DangerousRelease();
    }

    public static ConcurrentBag<string?> Seen { get; } = [];

    /// <summary>Says that the holder is dropped on purpose.</summary>
    public void Forget() => GC.KeepAlive(this);
}
