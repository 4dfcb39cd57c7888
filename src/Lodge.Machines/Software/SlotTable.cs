namespace Lodge.Machines;

/// <summary>The slots of a machine at one time, in the order of their addresses. Immutable.</summary>
internal sealed class SlotTable(SoftwareSlot[] slots)
{
    public static SlotTable Empty { get; } = new([]);

    public ReadOnlySpan<SoftwareSlot> Slots => slots;

    /// <summary>The slot that has a guest-physical address.</summary>
    public SoftwareSlot? Find(ulong physical)
    {
        int low = 0;
        int high = slots.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            SoftwareSlot slot = slots[middle];
            if (slot.Contains(physical))
                return slot;

            if (physical < slot.Start)
                high = middle - 1;
            else
                low = middle + 1;
        }

        return null;
    }

    public SlotTable With(SoftwareSlot slot) => new([.. slots.Append(slot).OrderBy(one => one.Start)]);

    public SlotTable Without(MemorySlot slot) => new([.. slots.Where(one => one.Slot != slot)]);
}
