using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Paging;

/// <summary>64 MiB mapped in pages of 4 KiB, or unmapped again, tables taken and given back.</summary>
internal sealed class MapWorkload : Workload
{
    private const ulong TableBytes = 1 << 20;
    private static readonly GuestRange Range = new(PagedLayout.Start, PagedLayout.Bytes);

    private readonly GuestMemory _memory = GuestMemory.Anonymous(TableBytes);
    private readonly FrameAllocator _frames = new(new GuestRange(0, TableBytes));
    private readonly PageTableEditor _editor;
    private readonly PageAttributes _attributes;
    private readonly bool _isUnmap;

    /// <param name="isUnmap">Whether unmapping is the work, and mapping its preparation.</param>
    public MapWorkload(bool isUnmap)
    {
        _isUnmap = isUnmap;
        PageTableFormat format = PageTableFormat.X64FourLevels;
        _attributes = new PageAttributes(format.RightsFor(MemoryAccess.ReadWrite));
        _editor = new PageTableEditor(_memory, format, _frames, new PageTableEditorOptions { LargestPageLevel = 1 });
    }

    public override bool NeedsPreparation => true;

    public override string WorkingSet => $"{PagedLayout.Pages:N0} pages, {PagedLayout.Pages / 512 + 1} tables of the smallest";

    public override void Prepare()
    {
        _editor.Unmap(Range);
        if (_isUnmap)
            Map();
    }

    public override ulong RunBatch()
    {
        if (_isUnmap)
            _editor.Unmap(Range);
        else
            Map();

        return _frames.FreeBytes;
    }

    public override void Dispose() => _memory.Dispose();

    private void Map() => _editor.Map(Range, 0, _attributes);
}
