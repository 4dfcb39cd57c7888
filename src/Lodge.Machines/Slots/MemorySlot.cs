using System.Runtime.InteropServices;

namespace Lodge.Machines;

/// <summary>A region that a machine has given to its guest.</summary>
/// <remarks>It holds the region and its host memory until it is unmapped.</remarks>
public sealed class MemorySlot
{
    private readonly SafeHandle _memory;
    private bool _holdsMemory;

    internal MemorySlot(IVirtualMachine machine, int number, MemoryRegion region)
    {
        Machine = machine;
        Number = number;
        Region = region;
        _memory = region.Mapping.SafeHandle;
        _memory.DangerousAddRef(ref _holdsMemory);
    }

    /// <summary>Lets go of the memory where nobody disposed of the machine: who could run its vCPUs would have the
    /// machine.</summary>
    ~MemorySlot() => Release();

    /// <summary>The machine.</summary>
    public IVirtualMachine Machine { get; }

    /// <summary>The slot's number in its machine. Numbers of slots that were unmapped are used again.</summary>
    public int Number { get; }

    /// <summary>The memory.</summary>
    public MemoryRegion Region { get; }

    /// <summary>The guest-physical addresses.</summary>
    public GuestRange Range => Region.Range;

    /// <summary>Whether the guest's writes are logged.</summary>
    public bool LogsDirty { get; internal set; }

    /// <summary>The bitmap in which the guest's writes are marked: the region's own, or the slot's where the region has none and
    /// writes were logged at some time.</summary>
    /// <remarks>Harvest it with <see cref="IVirtualMachine.HarvestDirty"/>.</remarks>
    public DirtyBitmap? Dirty { get; internal set; }

    /// <summary>Where in <see cref="Dirty"/> the slot's first byte is, in bytes.</summary>
    public ulong DirtyOffset { get; internal set; }

    /// <summary>Whether the slot is still the guest's.</summary>
    public bool IsMapped { get; internal set; } = true;

    /// <summary>The range, rights and number, as <c>slot 2: [0x0, +0x1000) r-x "boot ROM"</c>.</summary>
    public override string ToString() => $"slot {Number}: {Region}{(IsMapped ? "" : " (unmapped)")}";

    /// <summary>Room for an engine's own log.</summary>
    internal ulong[]? LogBuffer { get; set; }

    /// <summary>Lets go of the memory, after the guest has.</summary>
    internal void Release()
    {
        IsMapped = false;
        GC.SuppressFinalize(this);
        if (_holdsMemory)
        {
            _holdsMemory = false;
            _memory.DangerousRelease();
        }
    }
}
