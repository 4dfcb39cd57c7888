namespace Lodge.Machines;

/// <content>From guest-virtual addresses to host memory: what the TLB has, and how it comes there.</content>
internal sealed unsafe partial class Processor
{
    private static readonly SoftTlb Nothing = new();

    private readonly SoftTlb _supervisorReads = new();
    private readonly SoftTlb _supervisorWrites = new();
    private SoftTlb? _userReads;
    private SoftTlb? _userWrites;

    // Of the current privilege level.
    private SoftTlb _reads = null!;
    private SoftTlb _writes = null!;
    private TlbEntry* _readEntries;
    private TlbEntry* _writeEntries;
    private bool _checksAlignment;

    private enum Placement
    {
        Failed,
        Memory,
        Device,
    }

    /// <summary>The entries of the table of what may be read.</summary>
    internal TlbEntry* ReadEntries => _readEntries;

    /// <summary>The entries of the table of what may be written.</summary>
    internal TlbEntry* WriteEntries => _writeEntries;

    /// <summary>Whether an address is one that 64-bit mode has.</summary>
    internal bool IsCanonical(ulong address)
    {
        int unused = (_system.Cr4 & ControlBits.Cr4FiveLevels) != 0 ? 64 - 57 : 64 - 48;
        return (ulong)((long)(address << unused) >> unused) == address;
    }

    /// <summary>Forgets every translation, and which code lies where.</summary>
    internal void FlushTlb()
    {
        _supervisorReads.Clear();
        _supervisorWrites.Clear();
        _userReads?.Clear();
        _userWrites?.Clear();
        ForgetCodeAddresses();
    }

    /// <summary>Forgets the translation of one page.</summary>
    internal void FlushTlb(ulong address)
    {
        ulong page = address & TlbEntry.PageMask;
        _supervisorReads.Remove(page);
        _supervisorWrites.Remove(page);
        _userReads?.Remove(page);
        _userWrites?.Remove(page);
        ForgetCodeAddresses();
    }

    /// <summary>Forgets what may be written without asking.</summary>
    internal void DropWrites()
    {
        _supervisorWrites.Clear();
        _userWrites?.Clear();
    }

    /// <summary>Forgets that a page of host memory may be written without asking.</summary>
    internal void DropWrites(byte* host)
    {
        _supervisorWrites.RemoveHost(host);
        _userWrites?.RemoveHost(host);
    }

    /// <summary>Uses the tables of the privilege level.</summary>
    private void SelectTlb()
    {
        if (_privilege == Privilege.User)
        {
            _reads = _userReads ??= new SoftTlb();
            _writes = _userWrites ??= new SoftTlb();
        }
        else
        {
            _reads = _supervisorReads;
            _writes = _supervisorWrites;
        }

        // With alignment checks nothing is accessed without being looked at.
        _checksAlignment = _privilegeLevel == UserLevel && (_system.Cr0 & ControlBits.Cr0AlignmentMask) != 0
            && (_systemFlags & ControlBits.FlagAlignmentCheck) != 0;
        _readEntries = (_checksAlignment ? Nothing : _reads).Entries;
        _writeEntries = (_checksAlignment ? Nothing : _writes).Entries;
    }

    private WriteTarget LocateForWriting(ref MicroOp op, ulong address, int size)
    {
        Placement placement = Locate(
            ref op, address, MemoryAccess.Write, out byte* host, out ulong physical, out SoftwareSlot? slot);
        var target = new WriteTarget { Placement = placement, Host = host, Physical = physical };
        if (placement != Placement.Memory)
            return target;

        // Marked before it is written, which is enough as long as who harvests has the entry dropped before it gives out pages.
        slot!.MarkDirty(physical);
        target.Offset = slot.OffsetOf(physical);
        if (!slot.Code.IsGuarded(target.Offset))
        {
            _writes.Set(address & TlbEntry.PageMask, host - (address & ~TlbEntry.PageMask));
            return target;
        }

        target.Code = slot.Code;

        // The instructions behind this one may be what it writes: it is executed by itself, and then they are read again.
        if (!_isAlone && slot.Code.Overlaps(target.Offset, size))
        {
            Stop(ref op, StopKind.Alone);
            target.Placement = Placement.Failed;
        }

        return target;
    }

    /// <summary>Where an address leads for an access inside a page; fills the TLB on the way where it is read.</summary>
    private Placement Locate(
        ref MicroOp op, ulong address, MemoryAccess access, out byte* host, out ulong physical, out SoftwareSlot? slot)
    {
        host = null;
        slot = null;
        physical = 0;
        if (!_walkers!.TryTranslate(address, access, _privilege, out PageTranslation translation, out PageWalkFailure failure))
        {
            RaiseTranslationFault(ref op, address, access, failure);
            return Placement.Failed;
        }

        physical = translation.Address.Value;
        slot = _slots.Find(physical);
        if (slot is null || (access == MemoryAccess.Write && !slot.IsWritable))
            return Placement.Device;

        host = slot.HostOf(physical);
        if (access != MemoryAccess.Write)
            _reads.Set(address & TlbEntry.PageMask, host - (address & ~TlbEntry.PageMask));

        return Placement.Memory;
    }

    private struct WriteTarget
    {
        public Placement Placement;
        public byte* Host;
        public ulong Physical;

        // Where writes to the page have to be looked at.
        public TranslatedCode? Code;
        public ulong Offset;
    }
}
