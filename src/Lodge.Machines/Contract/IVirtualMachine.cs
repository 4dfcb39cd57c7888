namespace Lodge.Machines;

/// <summary>A virtual machine: guest-physical memory in slots, and vCPUs that run code in it.</summary>
/// <remarks>
/// <para>Where no slot is, there is no memory: an access there is an exit of the vCPU. A guest's write to a slot that is not
/// writable is an exit too.</para>
/// <para>Slots may be mapped, unmapped and harvested from any thread while vCPUs run. Disposing of the machine disposes of its
/// vCPUs, of which none may be running, and lets go of the regions; these stay their owner's.</para>
/// </remarks>
public interface IVirtualMachine : IDisposable
{
    /// <summary>The engine that runs it.</summary>
    IMachineEngine Engine { get; }

    /// <summary>The memory that the slots make up, as the guest sees it now.</summary>
    LiveGuestMemory Memory { get; }

    /// <summary>The slots, in the order of their addresses.</summary>
    IReadOnlyList<MemorySlot> Slots { get; }

    /// <summary>Gives the guest a region, at the region's own addresses.</summary>
    /// <remarks>The machine holds the region's memory until the slot is unmapped, also where the region is disposed of: the
    /// guest reads zeros then.</remarks>
    /// <param name="region">The memory. Start and size are multiples of 4 KiB, it can be read, and where it is not writable the
    /// guest's writes to it are exits.</param>
    /// <param name="options">What else; <see cref="MemorySlotOptions.Default"/> where nothing is said.</param>
    /// <exception cref="ArgumentException">The region cannot be a slot, or another slot has some of its addresses.</exception>
    /// <exception cref="MachineException">The engine refused.</exception>
    MemorySlot Map(MemoryRegion region, MemorySlotOptions? options = null);

    /// <summary>Takes a slot away. When this returns, no guest code uses its memory any more.</summary>
    /// <exception cref="ArgumentException">The slot is not one of this machine's.</exception>
    /// <exception cref="MachineException">The engine refused.</exception>
    void Unmap(MemorySlot slot);

    /// <summary>Switches the logging of the guest's writes to a slot on or off. Switching it on again begins with a clean
    /// log.</summary>
    /// <exception cref="ArgumentException">The slot is not one of this machine's, or its region's own dirty bitmap has pages of
    /// another size than 4 KiB.</exception>
    /// <exception cref="MachineException">The engine refused.</exception>
    void SetDirtyLogging(MemorySlot slot, bool enabled);

    /// <summary>Takes the pages of a slot that were written since the last harvest, and counts them as clean again.</summary>
    /// <remarks>The guest's writes and those of the host that <see cref="MemoryRegion.Dirty"/> marked come out as one. Take them
    /// here, and not from the region's bitmap: only the machine knows what its vCPUs have not marked yet.</remarks>
    /// <param name="slot">The slot, whose writes are logged.</param>
    /// <param name="pages">Where they go; see <see cref="DirtyBitmap.Harvest"/>. Offsets are those of the slot's
    /// <see cref="MemorySlot.Dirty"/> bitmap.</param>
    /// <exception cref="ArgumentException">The slot is not one of this machine's.</exception>
    /// <exception cref="InvalidOperationException">The slot's writes are not logged.</exception>
    /// <exception cref="MachineException">The engine refused.</exception>
    void HarvestDirty(MemorySlot slot, DirtyPages pages);

    /// <summary>Creates a vCPU, in the state that an x86 processor has after a reset.</summary>
    /// <exception cref="MachineException">The engine refused.</exception>
    IVirtualCpu CreateCpu();
}
