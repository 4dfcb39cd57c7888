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

    public static GuestMemory Map(SharedMemoryFile file) => GuestMemory.Create(
        MemoryRegion.Shared(GuestAddress.Zero, file, 0, LowSize, RegionOptions.ReadOnly),
        MemoryRegion.Shared(HighStart, file, LowSize, file.Size - LowSize, RegionOptions.ReadOnly));
}
