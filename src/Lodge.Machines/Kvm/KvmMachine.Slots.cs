using System.Collections.Immutable;
using Lodge.Machines.Interop;

namespace Lodge.Machines;

internal sealed unsafe partial class KvmMachine
{
    // In the order of their addresses.
    private ImmutableArray<KvmMappedSlot> _slots = [];
    private readonly SortedSet<int> _freeNumbers = [];
    private int _numbersUsed;

    // Regions that were disposed of while they were mapped are not in here any more once another region was mapped.
    public LiveGuestMemory Memory { get; } = new(GuestMemory.Empty);

    public IReadOnlyList<MemorySlot> Slots
    {
        get
        {
            lock (_gate)
                return [.. _slots.Select(mapped => mapped.Slot)];
        }
    }

    public MemorySlot Map(MemoryRegion region, MemorySlotOptions? options = null)
    {
        KvmSlot native = KvmSlot.From(region, number: 0);
        options ??= MemorySlotOptions.Default;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            int place = PlaceUnsynchronized(region);
            if (options.LogDirty)
                RequireDirtyPages(region);

            int number = TakeNumberUnsynchronized();
            var mapped = new KvmMappedSlot(new MemorySlot(this, number, region), native with { Number = (uint)number });
            bool isGiven = false;
            try
            {
                if (options.LogDirty)
                    ProvideBitmap(mapped.Slot);

                Give(mapped.Native(options.LogDirty), $"map {region} (KVM_SET_USER_MEMORY_REGION)");
                isGiven = true;
                AddToMemory(mapped.Slot);
            }
            catch
            {
                if (isGiven)
                    Give(mapped.Native(logDirty: false).Removed, $"take {region} away again (KVM_SET_USER_MEMORY_REGION)");

                mapped.Slot.Release();
                _freeNumbers.Add(number);
                throw;
            }

            mapped.Slot.LogsDirty = options.LogDirty;
            _slots = _slots.Insert(place, mapped);
            return mapped.Slot;
        }
    }

    public void Unmap(MemorySlot slot)
    {
        lock (_gate)
        {
            KvmMappedSlot mapped = FindUnsynchronized(slot);

            // When this returns, no vCPU has a translation into the slot any more, nor an access under way.
            Give(mapped.Native(logDirty: false).Removed, $"unmap {slot} (KVM_SET_USER_MEMORY_REGION)");
            _slots = _slots.Remove(mapped);
            _freeNumbers.Add(slot.Number);
            Memory.Update(memory => memory.Without(slot.Range));
            slot.LogsDirty = false;
            slot.Release();
        }
    }

    public void SetDirtyLogging(MemorySlot slot, bool enabled)
    {
        lock (_gate)
        {
            KvmMappedSlot mapped = FindUnsynchronized(slot);
            if (slot.LogsDirty == enabled)
                return;

            if (enabled)
            {
                RequireDirtyPages(slot.Region);
                ProvideBitmap(slot);
            }

            Give(mapped.Native(enabled), $"switch logging of {slot} (KVM_SET_USER_MEMORY_REGION)");
            slot.LogsDirty = enabled;
            if (enabled && !slot.Region.IsDisposed)
                AddToMemory(slot);
        }
    }

    public void HarvestDirty(MemorySlot slot, DirtyPages pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        lock (_gate)
        {
            KvmMappedSlot mapped = FindUnsynchronized(slot);
            if (!slot.LogsDirty || slot.Dirty is not DirtyBitmap dirty)
                throw new InvalidOperationException($"The writes to {slot} are not logged.");

            // What the kernel gives out it forgets, so it goes into the bitmap before anything else can fail.
            ulong[] log = mapped.Log;
            FetchLog(mapped, log);
            KvmDirtyLog.Merge(log, dirty, slot.DirtyOffset);
            dirty.Harvest(pages);
        }
    }

    private void FetchLog(KvmMappedSlot mapped, ulong[] log)
    {
        Array.Clear(log);

        // In bounds: the log has a bit for each page of the slot, in whole words, as the kernel writes it.
        fixed (ulong* words = log)
        {
            var argument = new kvm_dirty_log { slot = (uint)mapped.Slot.Number, dirty_bitmap = (ulong)words };
            KvmIoctls.Do(_vm, KvmIoctl.KVM_GET_DIRTY_LOG, ref argument, $"read the log of {mapped.Slot} (KVM_GET_DIRTY_LOG)");
        }
    }

    /// <summary>The slot's bitmap: the region's own, or a clean one of the slot's.</summary>
    private static void ProvideBitmap(MemorySlot slot)
    {
        if (slot.Region.Dirty is DirtyBitmap regions)
        {
            slot.Dirty = regions;
            slot.DirtyOffset = slot.Region.DirtyOffset;
        }
        else if (slot.Dirty is DirtyBitmap earlier)
        {
            // The same again, because somebody may write through an earlier map.
            earlier.Harvest(new DirtyPages());
        }
        else
        {
            slot.Dirty = new DirtyBitmap(slot.Range.Length);
        }
    }

    /// <summary>Puts the slot's region into the memory, in place of what was there, with the slot's bitmap.</summary>
    private void AddToMemory(MemorySlot slot)
    {
        bool hasOwn = slot.Region.Dirty is null && slot.Dirty is not null;
        MemoryRegion region = hasOwn ? slot.Region.WithDirty(slot.Dirty) : slot.Region;
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

    private static void RequireDirtyPages(MemoryRegion region)
    {
        if (region.Dirty is DirtyBitmap dirty && dirty.PageSize.Bytes != SlotRules.PageBytes)
        {
            throw new ArgumentException(
                $"The dirty bitmap of {region} has pages of {dirty.PageSize}; the guest's writes are logged in pages of 4 KiB.",
                nameof(region));
        }
    }

    private int PlaceUnsynchronized(MemoryRegion region)
    {
        int place = 0;
        foreach (KvmMappedSlot other in _slots)
        {
            if (other.Slot.Range.Overlaps(region.Range))
                throw new ArgumentException($"The region {region} overlaps {other.Slot}.", nameof(region));

            if (other.Slot.Range.Start.Value < region.Start.Value)
                place++;
        }

        return place;
    }

    private int TakeNumberUnsynchronized()
    {
        if (_freeNumbers.Count > 0)
        {
            int number = _freeNumbers.Min;
            _freeNumbers.Remove(number);
            return number;
        }

        if (_numbersUsed >= _system.MostSlots)
            throw new MachineException($"A machine of KVM has at most {_system.MostSlots} slots here.");

        return _numbersUsed++;
    }

    private KvmMappedSlot FindUnsynchronized(MemorySlot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        foreach (KvmMappedSlot mapped in _slots)
        {
            if (ReferenceEquals(mapped.Slot, slot))
                return mapped;
        }

        throw new ArgumentException($"{slot} is not one of this machine's.", nameof(slot));
    }

    private void Give(KvmSlot slot, string attempt)
        => KvmIoctls.Do(_vm, KvmIoctl.KVM_SET_USER_MEMORY_REGION, ref slot, attempt);

    private void ReleaseSlotsUnsynchronized()
    {
        foreach (KvmMappedSlot mapped in _slots)
        {
            mapped.Slot.LogsDirty = false;
            mapped.Slot.Release();
        }

        _slots = [];
        Memory.Replace(GuestMemory.Empty);
    }
}
