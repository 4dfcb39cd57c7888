using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Lodge.Sandbox;

/// <summary>Takes a snapshot of a guest between two calls: follows its page tables, and keeps what they lead to.</summary>
/// <remarks>
/// <para>A page that the guest has not written is where the parent has it, and stays there. What is in scratch goes into a new
/// layer behind the parent's: equal pages once, and pages of zeros not at all, because the heap as it was at first has one that
/// all share.</para>
/// <para>The tables are the guest's work. What is visited, and what is made of it, is bounded by what scratch has room for,
/// because the snapshot's own tables have to fit there; a table that leads to itself only uses that up.</para>
/// </remarks>
internal sealed class SnapshotTaker
{
    private const int Zeros = -1;
    private const ulong Page = SandboxLayout.PageBytes;

    private readonly GuestMachine _machine;
    private readonly SnapshotState _parent;
    private readonly GuestMemory _memory;
    private readonly GuestTables _tables;
    private readonly PageStore _pages = new();

    // Where pages outside of the parent's layers go: the number in the store, or none for zeros.
    private readonly Dictionary<ulong, int> _kept = [];
    private readonly byte[] _page = new byte[Page];
    private int _visited;

    // The parent's layers that stay, the one that was met last, and where the new one begins.
    private readonly ImmutableArray<SnapshotLayer> _layers;
    private readonly GuestAddress _newStart;
    private GuestRange _layer;

    // Neighbours mostly say the same but for their addresses: what the last entry said, and what the snapshot's says.
    private ulong _entryBits;
    private MemoryAccess _entryAllowed;
    private ulong _newBits;

    private SnapshotTaker(GuestMachine machine)
    {
        _machine = machine;
        _parent = machine.Snapshot;
        _memory = machine.Memory;
        _tables = new GuestTables(_parent.Layout);
        int written = _parent.Layers.Count(static layer => layer.Kind == SandboxRegionKind.Snapshot);
        bool copiesAll = written >= SnapshotLimits.MostWrittenLayers;
        _layers = copiesAll
            ? [.. _parent.Layers.Where(static layer => layer.Kind is SandboxRegionKind.Heap or SandboxRegionKind.MappedFile)]
            : _parent.Layers;
        _newStart = copiesAll ? _parent.Layout.Image.Start + _parent.Layout.Image.Length : _parent.End;
    }

    /// <summary>Takes a snapshot.</summary>
    /// <param name="machine">The machine, whose guest waits for a call.</param>
    /// <param name="entry">Where it takes calls.</param>
    /// <exception cref="ProtocolException">The guest's tables are not those of one that goes on.</exception>
    /// <exception cref="ArgumentException">Scratch has no room for the snapshot's tables.</exception>
    public static SnapshotState Take(GuestMachine machine, GuestEntry entry) => new SnapshotTaker(machine).Take(entry);

    private SnapshotState Take(GuestEntry entry)
    {
        ulong root = _machine.Cpu.SystemRegisters.Cr3 & ~(Page - 1);
        Follow(root, GuestTables.Levels, 0, MemoryAccess.All);
        byte[] tables = _tables.ToArray();
        CpuState cpu = CpuState.Of(_machine.Cpu, _parent.Layout);
        ImmutableArray<SnapshotLayer> layers = _pages.Count > 0 ? _layers.Add(NewLayer()) : _layers;

        // The new layer is held by who made it already.
        foreach (SnapshotLayer layer in _layers)
            layer.Hold();

        return new SnapshotState
        {
            Layout = _parent.Layout,
            Layers = layers,
            Tables = tables,
            Cpu = cpu,
            Entry = entry,
            Symbols = _parent.Symbols,
            Generation = _parent.Generation + 1,
        };
    }

    /// <summary>Follows a table, and all below it.</summary>
    /// <param name="table">Where it is.</param>
    /// <param name="level">Its level.</param>
    /// <param name="address">The first guest-virtual address that it is for.</param>
    /// <param name="access">What the tables above leave.</param>
    private void Follow(ulong table, int level, ulong address, MemoryAccess access)
    {
        if (++_visited > _tables.MostTables)
            ProtocolException.Throw($"The guest has more than {_tables.MostTables} page tables, which is the most here.");

        Span<ulong> entries = stackalloc ulong[GuestTables.EntryCount];
        if (!_memory.TryReadExactly(table, MemoryMarshal.AsBytes(entries), out AccessFault fault))
            ProtocolException.Throw($"The guest has a page table at 0x{table:x}, where there is no memory: {fault}");

        ulong covered = Page << (9 * (level - 1));
        bool isNearLeftOut = IsNearLeftOut(address, covered * GuestTables.EntryCount);
        for (int index = 0; index < entries.Length; index++)
        {
            ulong entry = entries[index];
            if (entry == 0)
                continue;

            ulong at = Extend(address + ((ulong)index * covered));
            if (isNearLeftOut && IsLeftOut(at, covered))
                continue;

            switch (GuestTables.Format.KindOf(level, entry))
            {
                case EntryKind.Page when level == 1:
                    Add(at, entry, access);
                    break;
                case EntryKind.Page:
                    ProtocolException.Throw($"The guest has mapped a page of 0x{covered:x} bytes; sandboxes have those of 4 KiB.");
                    break;
                case EntryKind.Table:
                    Follow(GuestTables.Format.TargetOf(level, entry).Value, level - 1, at, access & AccessBelow(entry));
                    break;
                case EntryKind.Malformed:
                    ProtocolException.Throw($"The guest's page table at 0x{table:x} has the malformed entry 0x{entry:x}.");
                    break;
            }
        }
    }

    private void Add(ulong address, ulong entry, MemoryAccess allowed)
    {
        ulong bits = GuestTables.WithoutAddress(entry);
        if (bits != _entryBits || allowed != _entryAllowed)
        {
            _entryBits = bits;
            _entryAllowed = allowed;
            _newBits = GuestTables.EntryFor(GuestTables.AccessOf(entry) & allowed);
        }

        ulong target = GuestTables.Format.TargetOf(1, entry).Value;
        _tables.Map(address, _newBits | (IsInLayers(target) ? target : Keep(target).Value));
    }

    /// <summary>Whether a page is one of the parent's own, which nobody can have written.</summary>
    private bool IsInLayers(ulong address)
    {
        if (_layer.Contains(address))
            return true;

        // The last of them that does not begin behind the address; they are sorted.
        int first = 0;
        for (int end = _layers.Length; first < end;)
        {
            int middle = (first + end) / 2;
            if (_layers[middle].Region.Start.Value <= address)
                first = middle + 1;
            else
                end = middle;
        }

        if (first == 0 || !_layers[first - 1].Region.Range.Contains(address))
            return false;

        _layer = _layers[first - 1].Region.Range;
        return true;
    }

    /// <summary>Where the content of a page will be.</summary>
    private GuestAddress Keep(ulong address)
    {
        if (!_kept.TryGetValue(address, out int number))
        {
            if (!_memory.TryReadExactly(address, _page, out AccessFault fault))
                ProtocolException.Throw($"The guest has mapped a page to 0x{address:x}, where there is no memory: {fault}");

            number = _page.AsSpan().ContainsAnyExcept((byte)0) ? _pages.Add(_page) : Zeros;
            _kept.Add(address, number);
        }

        return number == Zeros ? _parent.Layout.Heap.Start : _newStart + ((ulong)number * Page);
    }

    private SnapshotLayer NewLayer()
    {
        ulong bytes = (ulong)_pages.Count * Page;
        if (bytes > _parent.Layout.Scratch.Start - _newStart)
            ProtocolException.Throw("The snapshot has no room below scratch.");

        MemoryRegion region = MemoryRegion.Anonymous(_newStart, bytes, new RegionOptions { Label = "Snapshot" });
        _pages.CopyTo(region.GetHostSlice());
        return new SnapshotLayer(SandboxRegionKind.Snapshot, region, MemoryAccess.ReadWrite);
    }

    // What is left out begins and ends at multiples of a page, so that a page lies in it as a whole or not at all.
    private bool IsLeftOut(ulong address, ulong length)
        => IsIn(SandboxAddresses.Reserved, address, length) || IsIn(_parent.Layout.Window, address, length);

    private static bool IsIn(GuestRange range, ulong address, ulong length)
        => address >= range.Start.Value && length <= range.Length && address - range.Start.Value <= range.Length - length;

    private bool IsNearLeftOut(ulong address, ulong length)
    {
        ulong last = Extend(address + (length - 1));
        return Touches(SandboxAddresses.Reserved) || Touches(_parent.Layout.Window);

        bool Touches(GuestRange range)
            => last >= range.Start.Value && address <= range.Start.Value + (range.Length - 1);
    }

    // What a table's entry leaves of the rights of what is below it: R/W (bit 1) has to be set, and XD (bit 63) clear.
    private static MemoryAccess AccessBelow(ulong entry)
        => MemoryAccess.Read
            | ((entry & 2) != 0 ? MemoryAccess.Write : MemoryAccess.None)
            | (entry >> 63 == 0 ? MemoryAccess.Execute : MemoryAccess.None);

    // Bit 47 in all bits above it, as 64-bit mode has addresses.
    private static ulong Extend(ulong address) => (ulong)((long)(address << 16) >> 16);
}
