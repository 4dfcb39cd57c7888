using System.Runtime.InteropServices;

namespace Lodge.Memory.Tests.Model;

/// <summary>A generated layout with memory behind it.</summary>
internal sealed unsafe class World : IDisposable
{
    private const ulong Spare = 4 << 20;

    private readonly MemoryArena _arena;
    private readonly List<nint> _borrowed = [];
    private readonly Dictionary<int, MemoryRegion> _regions = [];
    private readonly LayoutPlan _plan;

    public World(LayoutPlan plan)
    {
        _plan = plan;
        ulong size = Spare;
        foreach (RegionPlan region in plan.Regions)
            size += region.Size + (2 * PageSize.Host.Bytes);

        _arena = new MemoryArena(size);
        Map = GuestMemory.Create([.. plan.Regions.Select(Allocate)]);
    }

    public GuestMemory Map { get; private set; }

    public MemoryRegion this[RegionPlan region] => _regions[region.Id];

    public void Add(RegionPlan region) => Map = Map.With(Allocate(region));

    public void Remove(GuestRange range) => Map = Map.Without(range);

    public void Dispose()
    {
        foreach (MemoryRegion region in _regions.Values)
            region.Dispose();

        _arena.Dispose();

        // The maps and regions over it are no longer used by anybody.
        foreach (nint pointer in _borrowed)
            NativeMemory.AlignedFree((void*)pointer);
    }

    private MemoryRegion Allocate(RegionPlan region)
    {
        RegionOptions options = new RegionOptions { Permissions = region.Permissions, Label = $"region {region.Id}" };
        if (region.IsTracked)
            options = WithDirty(options, region);

        MemoryRegion made = region.Kind switch
        {
            BackingKind.Arena => MemoryRegion.FromArena(region.Start, _arena, region.Size, options),
            BackingKind.Anonymous => MemoryRegion.Anonymous(region.Start, region.Size, options),
            _ => Borrow(region, options),
        };

        _regions.Add(region.Id, made);
        return made;
    }

    // The bitmap is longer than the region on both sides, so that a mark that goes astray is seen and not lost.
    private RegionOptions WithDirty(RegionOptions options, RegionPlan region)
    {
        ulong page = _plan.DirtyPage.Bytes;
        ulong offset = ((ulong)region.DirtyLead * page) + (region.Start & (page - 1));
        ulong size = offset + region.Size + (2 * page);
        DirtyBitmap bitmap = _plan.IsLogShared
            ? DirtyBitmap.OverSharedMemory(HostMapping.Anonymous(DirtyBitmap.BytesFor(size, _plan.DirtyPage)), 0, size, _plan.DirtyPage)
            : new DirtyBitmap(size, _plan.DirtyPage);
        return options with { Dirty = bitmap, DirtyOffset = offset };
    }

    private MemoryRegion Borrow(RegionPlan region, RegionOptions options)
    {
        nuint lead = (nuint)(region.Start & 7);
        byte* pointer = (byte*)NativeMemory.AlignedAlloc((nuint)region.Size + 16, 16);
        _borrowed.Add((nint)pointer);
        NativeMemory.Clear(pointer, (nuint)region.Size + 16);

        // Off by 8 from the 16 that it is aligned to.
        return MemoryRegion.Borrowed(region.Start, pointer + 8 + lead, region.Size, options: options);
    }
}
