namespace Lodge.Machines;

/// <summary>A slot as the software CPU needs it.</summary>
internal sealed unsafe class SoftwareSlot
{
    private readonly ulong _start;
    private readonly ulong _last;

    // The slot holds the host memory for as long as the machine has it.
    private readonly byte* _host;

    public SoftwareSlot(MemorySlot slot, TranslatedCode code)
    {
        Slot = slot;
        Code = code;
        _start = slot.Range.Start.Value;
        _last = slot.Range.Last.Value;
        _host = (byte*)SlotRules.HostAddress(slot.Region);
        IsWritable = SlotRules.IsWritable(slot.Region);
        IsExecutable = SlotRules.IsExecutable(slot.Region);
    }

    public MemorySlot Slot { get; }

    /// <summary>The code that was translated from it.</summary>
    public TranslatedCode Code { get; }

    public bool IsWritable { get; }

    public bool IsExecutable { get; }

    public ulong Start => _start;

    public bool Contains(ulong physical) => physical >= _start && physical <= _last;

    public ulong OffsetOf(ulong physical) => physical - _start;

    public byte* HostOf(ulong physical) => _host + (physical - _start);

    /// <summary>Marks the page of an address as written, where somebody wants to know.</summary>
    public void MarkDirty(ulong physical)
        => Slot.Dirty?.Mark(Slot.DirtyOffset + (OffsetOf(physical) & TlbEntry.PageMask), TlbEntry.PageBytes);
}
