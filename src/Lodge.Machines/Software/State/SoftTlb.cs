using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>A table from guest-virtual pages to host memory, for one kind of access.</summary>
/// <remarks>It has entries for ordinary memory only: whatever is special (a device, memory that is not writable, a page with
/// cached code, an access across two pages) misses, and the slow path knows what to do.</remarks>
internal sealed unsafe class SoftTlb
{
    public const int EntryCount = 1024;

    private readonly TlbEntry[] _entries = GC.AllocateUninitializedArray<TlbEntry>(EntryCount, pinned: true);

    public SoftTlb()
    {
        Clear();
        // Pinned: the address stays what it is for as long as this object is reachable.
        Entries = (TlbEntry*)Unsafe.AsPointer(ref _entries[0]);
    }

    /// <summary>The entries; an address' is that of its page number modulo <see cref="EntryCount"/>.</summary>
    public TlbEntry* Entries { get; }

    public void Clear() => Array.Fill(_entries, new TlbEntry { Tag = TlbEntry.NoPage });

    public void Set(ulong page, byte* host)
        => _entries[IndexOf(page)] = new TlbEntry { Tag = page, Addend = (ulong)host - page };

    public void Remove(ulong page)
    {
        ref TlbEntry entry = ref _entries[IndexOf(page)];
        if (entry.Tag == page)
            entry.Tag = TlbEntry.NoPage;
    }

    /// <summary>Removes every page that lies at a place in the host.</summary>
    public void RemoveHost(byte* host)
    {
        foreach (ref TlbEntry entry in _entries.AsSpan())
        {
            if (entry.Tag != TlbEntry.NoPage && entry.Tag + entry.Addend == (ulong)host)
                entry.Tag = TlbEntry.NoPage;
        }
    }

    private static int IndexOf(ulong page) => (int)((page >> TlbEntry.PageShift) & (EntryCount - 1));
}
