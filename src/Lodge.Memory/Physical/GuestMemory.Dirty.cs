namespace Lodge.Memory;

public sealed partial class GuestMemory
{
    /// <summary>Takes the marked pages of all regions that have a dirty bitmap, and leaves those clean.</summary>
    /// <param name="pages">Receives the pages by their guest addresses, instead of what it held.</param>
    /// <remarks>When this returns, everything written before a page's mark was taken is visible to the caller. One harvest at
    /// a time; writers go on meanwhile.</remarks>
    /// <exception cref="InvalidOperationException">Bitmaps have different page sizes, or one is somebody else's to
    /// harvest.</exception>
    public void HarvestDirty(DirtyPages pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        pages.Reset(CommonPageSize());
        foreach (MemoryRegion region in _regions)
            region.Dirty?.Take(region.DirtyOffset, region.Size, region.Start.Value, pages);

        Interlocked.MemoryBarrierProcessWide();
    }

    /// <summary>Marks pages that were harvested but not dealt with, so that the next harvest gives them again.</summary>
    /// <param name="pages">Pages from <see cref="HarvestDirty"/>. What has no bitmap in this map is left out.</param>
    public void PutBackDirty(DirtyPages pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        foreach (GuestRange range in pages)
        {
            foreach (MemoryRegion region in _regions)
            {
                GuestRange common = region.Range.Intersect(range);
                if (region.Dirty is not null && !common.IsEmpty)
                    region.Dirty.Mark(region.DirtyOffset + (common.Start - region.Start), common.Length);
            }
        }
    }

    private PageSize CommonPageSize()
    {
        PageSize? common = null;
        foreach (MemoryRegion region in _regions)
        {
            if (region.Dirty is null)
                continue;

            common ??= region.Dirty.PageSize;
            if (common != region.Dirty.PageSize)
                throw new InvalidOperationException("The regions' dirty bitmaps have different page sizes: harvest each by itself.");
        }

        return common ?? PageSize.Size4K;
    }
}
