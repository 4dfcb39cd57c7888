using Lodge.Machines.Interop;

namespace Lodge.Machines;

internal sealed unsafe partial class KvmMachine
{
    private readonly MachineSlots _slots;

    public LiveGuestMemory Memory => _slots.Memory;

    public IReadOnlyList<MemorySlot> Slots => _slots.All;

    public MemorySlot Map(MemoryRegion region, MemorySlotOptions? options = null)
    {
        options ??= MemorySlotOptions.Default;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            MemorySlot slot = _slots.Create(region, options.LogDirty);
            bool isGiven = false;
            try
            {
                Give(KvmSlot.Of(slot, options.LogDirty), $"map {region} (KVM_SET_USER_MEMORY_REGION)");
                isGiven = true;
                _slots.Add(slot);
            }
            catch
            {
                if (isGiven)
                    Give(KvmSlot.Of(slot, logDirty: false).Removed, $"take {region} away again (KVM_SET_USER_MEMORY_REGION)");

                _slots.Abandon(slot);
                throw;
            }

            return slot;
        }
    }

    public void Unmap(MemorySlot slot)
    {
        lock (_gate)
        {
            RequireUnsynchronized(slot);

            // When this returns, no vCPU has a translation into the slot any more, nor an access under way.
            Give(KvmSlot.Of(slot, logDirty: false).Removed, $"unmap {slot} (KVM_SET_USER_MEMORY_REGION)");
            _slots.Remove(slot);
            slot.Release();
        }
    }

    public void SetDirtyLogging(MemorySlot slot, bool enabled)
    {
        lock (_gate)
        {
            RequireUnsynchronized(slot);
            if (slot.LogsDirty == enabled)
                return;

            if (enabled)
                _slots.ProvideBitmap(slot);

            Give(KvmSlot.Of(slot, enabled), $"switch logging of {slot} (KVM_SET_USER_MEMORY_REGION)");
            slot.LogsDirty = enabled;
        }
    }

    public void HarvestDirty(MemorySlot slot, DirtyPages pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        lock (_gate)
        {
            RequireUnsynchronized(slot);
            DirtyBitmap dirty = _slots.RequireLogged(slot);

            // What the kernel gives out it forgets, so it goes into the bitmap before anything else can fail.
            Span<ulong> log = FetchLog(slot);
            KvmDirtyLog.Merge(log, dirty, slot.DirtyOffset);
            dirty.Harvest(pages);
        }
    }

    private Span<ulong> FetchLog(MemorySlot slot)
    {
        // A bit a page, in whole words; and a word more, so that it can be shifted.
        ulong[] log = slot.LogBuffer ??= new ulong[(((slot.Range.Length / SlotRules.PageBytes) + 63) / 64) + 1];
        Array.Clear(log);

        // In bounds: the log has a bit for each page of the slot, in whole words, as the kernel writes it.
        fixed (ulong* words = log)
        {
            var argument = new kvm_dirty_log { slot = (uint)slot.Number, dirty_bitmap = (ulong)words };
            KvmIoctls.Do(_vm, KvmIoctl.KVM_GET_DIRTY_LOG, ref argument, $"read the log of {slot} (KVM_GET_DIRTY_LOG)");
        }

        return log;
    }

    private void RequireUnsynchronized(MemorySlot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _slots.Require(slot);
    }

    private void Give(KvmSlot slot, string attempt)
        => KvmIoctls.Do(_vm, KvmIoctl.KVM_SET_USER_MEMORY_REGION, ref slot, attempt);
}
