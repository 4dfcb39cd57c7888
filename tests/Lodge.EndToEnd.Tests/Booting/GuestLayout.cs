using Lodge.Memory;

namespace Lodge.EndToEnd.Tests;

/// <summary>Where a guest's RAM lies.</summary>
/// <remarks>So much below 4 GiB that one whole GiB has nothing in it that makes the kernel split it, and is mapped as one page;
/// and some above, where the kernel puts its first tables.</remarks>
internal static class GuestLayout
{
    public const int LowMegabytes = 3072;

    public const int TotalMegabytes = 3584;

    private const ulong HighStart = 4UL << 30;

    private const ulong LowSize = (ulong)LowMegabytes << 20;

    public static SharedMemoryFile CreateFile() => SharedMemoryFile.Create((ulong)TotalMegabytes << 20, "lodge-guest");

    /// <summary>The guest's memory, to be read.</summary>
    /// <param name="file">Where it is.</param>
    /// <param name="hole">What to leave out.</param>
    public static GuestMemory Map(SharedMemoryFile file, GuestRange hole = default) => GuestMemory.Create(
    [
        .. MapArea(file, 0, new GuestRange(0, LowSize), hole),
        .. MapArea(file, LowSize, new GuestRange(HighStart, file.Size - LowSize), hole),
    ]);

    private static IEnumerable<MemoryRegion> MapArea(SharedMemoryFile file, ulong offset, GuestRange area, GuestRange hole)
    {
        bool isWhole = hole.IsEmpty || !area.Contains(hole);
        ulong before = isWhole ? area.Length : hole.Start.Value - area.Start.Value;
        if (before != 0)
            yield return MemoryRegion.Shared(area.Start, file, offset, before, RegionOptions.ReadOnly);

        ulong end = isWhole ? before : before + hole.Length;
        if (end != area.Length)
            yield return MemoryRegion.Shared(area.Start + end, file, offset + end, area.Length - end, RegionOptions.ReadOnly);
    }
}
