using System.Collections.Immutable;

namespace Lodge.Machines;

/// <summary>The slots of a machine, whatever engine runs it: their numbers, their order, and the memory they make up.</summary>
/// <remarks>Used under its machine's lock, but for <see cref="Memory"/> and <see cref="All"/>.</remarks>
internal sealed class MachineSlots(IVirtualMachine machine, int most)
{
    private readonly SortedSet<int> _freeNumbers = [];
    private ImmutableArray<MemorySlot> _slots = [];
    private int _numbersUsed;

    /// <summary>The memory that the slots make up. Regions that were disposed of while they were mapped are not in it any more
    /// once another region was mapped.</summary>
    public LiveGuestMemory Memory { get; } = new(GuestMemory.Empty);

    /// <summary>The slots, in the order of their addresses.</summary>
    public ImmutableArray<MemorySlot> All => _slots;

    /// <summary>Makes a slot, which is to be added next or else abandoned.</summary>
    public MemorySlot Create(MemoryRegion region, bool logDirty)
    {
        SlotRules.Check(region);
        foreach (MemorySlot other in _slots)
        {
            if (other.Range.Overlaps(region.Range))
                throw new ArgumentException($"The region {region} overlaps {other}.", nameof(region));
        }

        if (logDirty)
            RequireDirtyPages(region);

        int number = TakeNumber();
        MemorySlot? slot = null;
        try
        {
            slot = new MemorySlot(machine, number, region)
            {
                Dirty = region.Dirty,
                DirtyOffset = region.DirtyOffset,
                LogsDirty = logDirty,
            };
            if (logDirty)
                ProvideBitmap(slot);

            return slot;
        }
        catch
        {
            slot?.Release();
            _freeNumbers.Add(number);
            throw;
        }
    }

    /// <summary>Gives up a slot that was not added.</summary>
    public void Abandon(MemorySlot slot)
    {
        slot.Release();
        _freeNumbers.Add(slot.Number);
    }

    /// <summary>Adds a slot.</summary>
    public void Add(MemorySlot slot)
    {
        int place = _slots.Count(other => other.Range.Start < slot.Range.Start);
        ImmutableArray<MemorySlot> slots = _slots.Insert(place, slot);
        AddToMemory(slot);
        _slots = slots;
    }

    /// <summary>Takes a slot out of the memory; its own memory is held until it is released.</summary>
    public void Remove(MemorySlot slot)
    {
        _slots = _slots.Remove(slot);
        _freeNumbers.Add(slot.Number);
        Memory.Update(memory => memory.Without(slot.Range));
        slot.LogsDirty = false;
    }

    /// <summary>Lets go of every slot.</summary>
    public void ReleaseAll()
    {
        foreach (MemorySlot slot in _slots)
        {
            slot.LogsDirty = false;
            slot.Release();
        }

        _slots = [];
        Memory.Replace(GuestMemory.Empty);
    }

    /// <summary>Throws unless the slot is one of these.</summary>
    public void Require(MemorySlot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (!_slots.Contains(slot))
            throw new ArgumentException($"{slot} is not one of this machine's.", nameof(slot));
    }

    /// <summary>The bitmap of a slot whose writes are logged.</summary>
    public DirtyBitmap RequireLogged(MemorySlot slot)
    {
        Require(slot);
        return slot is { LogsDirty: true, Dirty: { } dirty }
            ? dirty
            : throw new InvalidOperationException($"The writes to {slot} are not logged.");
    }

    /// <summary>Sees to it that a slot has a bitmap, a clean one where it is the slot's own.</summary>
    public void ProvideBitmap(MemorySlot slot)
    {
        RequireDirtyPages(slot.Region);
        if (slot.Region.Dirty is not null)
            return;

        if (slot.Dirty is { } earlier)
        {
            // The same again, because somebody may write through an earlier map.
            earlier.Harvest(new DirtyPages());
            return;
        }

        slot.Dirty = new DirtyBitmap(slot.Range.Length);
        if (_slots.Contains(slot) && !slot.Region.IsDisposed)
            AddToMemory(slot);
    }

    /// <summary>Throws where a region's own bitmap cannot take the guest's writes.</summary>
    private static void RequireDirtyPages(MemoryRegion region)
    {
        if (region.Dirty is DirtyBitmap dirty && dirty.PageSize.Bytes != SlotRules.PageBytes)
        {
            throw new ArgumentException(
                $"The dirty bitmap of {region} has pages of {dirty.PageSize}, and guests' writes are logged in pages of 4 KiB.",
                nameof(region));
        }
    }

    /// <summary>Puts the slot's region into the memory, in place of what was there, with the slot's bitmap.</summary>
    private void AddToMemory(MemorySlot slot)
    {
        MemoryRegion region = slot.Region.Dirty is null && slot.Dirty is DirtyBitmap own
            ? slot.Region.WithDirty(own)
            : slot.Region;
        Memory.Update(memory => WithoutDisposed(memory).Without(slot.Range).With(region));
    }

    // A map with a region that was disposed of cannot be extended.
    private static GuestMemory WithoutDisposed(GuestMemory memory)
    {
        foreach (MemoryRegion region in memory.Regions)
        {
            if (region.IsDisposed)
                memory = memory.Without(region.Range);
        }

        return memory;
    }

    private int TakeNumber()
    {
        if (_freeNumbers.Count > 0)
        {
            int number = _freeNumbers.Min;
            _freeNumbers.Remove(number);
            return number;
        }

        if (_numbersUsed >= most)
            throw new MachineException($"A machine of {machine.Engine.Name} has at most {most} slots here.");

        return _numbersUsed++;
    }
}
