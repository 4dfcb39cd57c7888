using System.Collections.Immutable;

namespace Lodge.Sandbox;

/// <summary>Takes a snapshot of a guest between two calls: follows its page tables, and keeps what they lead to.</summary>
/// <remarks>
/// <para>A page that the guest has not written is where the parent has it, and stays there. What is in scratch goes into a new
/// layer behind the parent's: equal pages once, and pages of zeros not at all, because the heap as it was at first has one that
/// all share.</para>
/// <para>The tables are the guest's work. What is visited is bounded by what scratch has room for, because the snapshot's own
/// tables have to fit there; a table that leads to itself only uses that up.</para>
/// </remarks>
internal sealed class SnapshotTaker
{
    // So many layers, and then all is copied into one.
    private const int MostLayers = 16;

    private readonly GuestMachine _machine;
    private readonly SnapshotState _parent;
    private readonly GuestMemory _memory;
    private readonly PageStore _pages = new();
    private readonly List<GuestMapping> _mappings = [];

    // Where pages outside of the parent's layers go: the number in the store, or none for zeros.
    private readonly Dictionary<ulong, int> _kept = [];
    private readonly byte[] _page = new byte[SandboxLayout.PageBytes];

    // The parent's layers that stay, and where the new one begins.
    private readonly ImmutableArray<SnapshotLayer> _layers;
    private readonly GuestAddress _newStart;

    private const int Zeros = -1;

    private SnapshotTaker(GuestMachine machine)
    {
        _machine = machine;
        _parent = machine.Snapshot;
        _memory = machine.Memory;
        bool copiesAll = _parent.Layers.Length >= MostLayers;
        _layers = copiesAll
            ? [.. _parent.Layers.Where(static layer => layer.Kind == SandboxRegionKind.Heap)]
            : _parent.Layers;
        _newStart = copiesAll ? _parent.Layout.Image.Start + _parent.Layout.Image.Length : _parent.End;
    }

    /// <summary>Takes a snapshot.</summary>
    /// <param name="machine">The machine, whose guest waits for a call.</param>
    /// <param name="entry">Where it takes calls.</param>
    /// <exception cref="ProtocolException">The guest's tables are not those of one that goes on.</exception>
    public static SnapshotState Take(GuestMachine machine, GuestEntry entry) => new SnapshotTaker(machine).Take(entry);

    private SnapshotState Take(GuestEntry entry)
    {
        FollowTables();
        ImmutableArray<SnapshotLayer> layers = _pages.Count > 0 ? _layers.Add(NewLayer()) : _layers;

        SnapshotState state;
        try
        {
            state = new SnapshotState
            {
                Layout = _parent.Layout,
                Layers = layers,
                Tables = GuestTables.Build(_parent.Layout, _mappings),
                Cpu = CpuState.Of(_machine.Cpu, _parent.Layout),
                Entry = entry,
                Symbols = _parent.Symbols,
                Generation = _parent.Generation + 1,
            };
        }
        catch
        {
            if (_pages.Count > 0)
                layers[^1].Release();

            throw;
        }

        // The new layer is held by who made it already.
        foreach (SnapshotLayer layer in _layers)
            layer.Hold();

        return state;
    }

    private void FollowTables()
    {
        SandboxLayout layout = _parent.Layout;
        var options = new MappedRangesOptions
        {
            SoftwareBits = GuestTables.CopyOnWriteField,
            MostTables = (int)Math.Min((layout.FreeEnd - layout.PageTables) / SandboxLayout.PageBytes, int.MaxValue),
        };
        GuestAddress root = _machine.Cpu.SystemRegisters.Cr3 & ~(SandboxLayout.PageBytes - 1);
        MappedRanges ranges = GuestTables.WalkerOf(_memory, root).GetMappedRanges(options);
        foreach (MappedRange range in ranges)
        {
            foreach (GuestRange part in PartsOf(range.Range))
                Add(range, part);
        }

        if (ranges.IsCutShort)
            ProtocolException.Throw($"The guest has more page tables than the {options.MostTables} that scratch has room for.");

        if (ranges.MalformedEntries != 0 || ranges.TablesOutsideMemory != 0)
            ProtocolException.Throw("The guest's page tables are damaged.");
    }

    /// <summary>What of a range is not left out: the window to scratch, and what is reserved.</summary>
    private IEnumerable<GuestRange> PartsOf(GuestRange range)
    {
        ulong first = range.Start.Value;
        ulong last = first + (range.Length - 1);
        foreach (GuestRange leftOut in (GuestRange[])[SandboxAddresses.Reserved, _parent.Layout.Window])
        {
            ulong leftOutLast = leftOut.Start.Value + (leftOut.Length - 1);
            if (leftOutLast < first || leftOut.Start.Value > last)
                continue;

            if (first < leftOut.Start.Value)
                yield return new GuestRange(first, leftOut.Start.Value - first);

            if (leftOutLast >= last)
                yield break;

            first = leftOutLast + 1;
        }

        yield return new GuestRange(first, last - first + 1);
    }

    private void Add(in MappedRange range, GuestRange part)
    {
        MemoryAccess access = range.Rights.For(Privilege.Supervisor);
        if (range.SoftwareBits == GuestTables.CopyOnWrite)
            access |= MemoryAccess.Write;

        GuestAddress first = range.Target + (part.Start - range.Range.Start);
        for (ulong done = 0; done < part.Length;)
        {
            GuestAddress target = first + done;
            ulong unchanged = BytesInLayers(target, part.Length - done);
            if (unchanged != 0)
            {
                Map(part.Start + done, target, unchanged, access);
                done += unchanged;
                continue;
            }

            Map(part.Start + done, Keep(target), SandboxLayout.PageBytes, access);
            done += SandboxLayout.PageBytes;
        }
    }

    /// <summary>How many bytes from an address on are the parent's own, which nobody can have written.</summary>
    private ulong BytesInLayers(GuestAddress address, ulong most)
    {
        foreach (SnapshotLayer layer in _layers)
        {
            GuestRange range = layer.Region.Range;
            if (range.Contains(address))
                return Math.Min(most, range.Length - (address - range.Start));
        }

        return 0;
    }

    /// <summary>Where the content of a page will be.</summary>
    private GuestAddress Keep(GuestAddress address)
    {
        if (!_kept.TryGetValue(address.Value, out int number))
        {
            if (!_memory.TryReadExactly(address, _page, out AccessFault fault))
                ProtocolException.Throw($"The guest has mapped a page to {address}, where there is no memory: {fault}");

            number = _page.AsSpan().ContainsAnyExcept((byte)0) ? _pages.Add(_page) : Zeros;
            _kept.Add(address.Value, number);
        }

        return number == Zeros
            ? _parent.Layout.Heap.Start
            : _newStart + ((ulong)number * SandboxLayout.PageBytes);
    }

    private void Map(GuestAddress address, GuestAddress target, ulong length, MemoryAccess access)
    {
        if (_mappings.Count > 0)
        {
            GuestMapping last = _mappings[^1];
            if (last.Access == access && last.Range.Start + last.Range.Length == address
                && last.Target + last.Range.Length == target)
            {
                _mappings[^1] = last with { Range = new GuestRange(last.Range.Start, last.Range.Length + length) };
                return;
            }
        }

        _mappings.Add(new GuestMapping(new GuestRange(address, length), target, access));
    }

    private SnapshotLayer NewLayer()
    {
        ulong bytes = (ulong)_pages.Count * SandboxLayout.PageBytes;
        if (bytes > _parent.Layout.Scratch.Start - _newStart)
            ProtocolException.Throw("The snapshot has no room below scratch.");

        MemoryRegion region = MemoryRegion.Anonymous(_newStart, bytes, new RegionOptions { Label = "Snapshot" });
        _pages.CopyTo(region.GetHostSlice());
        return new SnapshotLayer(SandboxRegionKind.Snapshot, region, MemoryAccess.ReadWrite);
    }
}
