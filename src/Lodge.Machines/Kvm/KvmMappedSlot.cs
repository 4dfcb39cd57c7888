namespace Lodge.Machines;

/// <summary>A slot as its machine knows it.</summary>
internal sealed class KvmMappedSlot(MemorySlot slot, KvmSlot native)
{
    private ulong[]? _log;

    public MemorySlot Slot { get; } = slot;

    /// <summary>The slot as the kernel has it, or would with or without logging.</summary>
    public KvmSlot Native(bool logDirty) => native with
    {
        Flags = (native.Flags & ~KvmSlotFlags.LogDirtyPages) | (logDirty ? KvmSlotFlags.LogDirtyPages : KvmSlotFlags.None),
    };

    /// <summary>Room for the kernel's log: one bit a page, in whole words. One more, so that it can be shifted.</summary>
    public ulong[] Log => _log ??= new ulong[((Slot.Range.Length / SlotRules.PageBytes) + 63) / 64 + 1];
}
