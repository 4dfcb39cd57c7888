using System.Globalization;
using System.Runtime.CompilerServices;

namespace Lodge.Benchmarks.Memory;

/// <summary>A map and 262,144 shuffled addresses in all of its regions, with the host's pointers to the same places.</summary>
/// <remarks>
/// Few addresses would flatter the branch predictor, and much data would hide everything behind cache misses. So the addresses
/// are many, and the memory that they populate is 64 pages. Where there are more regions than that, all regions are windows on
/// one piece of host memory, so that each of them is hit and there are still 64 pages.
/// </remarks>
internal sealed class Lookups : IDisposable
{
    public const int Count = 1 << 18;
    public const int Pages = 64;

    private const int PageBytes = 4 << 10;
    private const int Seed = 20240229;

    public Lookups(params MemoryRegion[] regions)
    {
        Memory = GuestMemory.Create(regions);
        Addresses = new GuestAddress[Count];
        Pointers = new nint[Count];
        WorkingSet = string.Create(
            CultureInfo.InvariantCulture,
            $"{Count:N0} shuffled addresses in {Math.Max(Pages, regions.Length):N0} pages of {regions.Length:N0} region(s), {Pages} host pages (256 KiB)");

        // A random page of each part of a region: an even stride would put all pages in the same few sets of the TLB.
        var random = new Random(Seed);
        bool isShared = regions.Length > Pages;
        int places = Math.Max(Pages, regions.Length);
        int parts = isShared ? Pages : (Pages + regions.Length - 1) / regions.Length;
        double[] whereInPart = [.. Enumerable.Range(0, Pages).Select(_ => random.NextDouble())];
        ulong[] pageOfPlace = new ulong[places];
        for (int place = 0; place < places; place++)
        {
            ulong part = (ulong)(isShared ? place % Pages : place / regions.Length);
            ulong pagesInPart = regions[place % regions.Length].Size / PageBytes / (ulong)parts;
            pageOfPlace[place] = (part * pagesInPart) + (ulong)(whereInPart[place % Pages] * pagesInPart);
        }

        int[] order = [.. Enumerable.Range(0, Count)];
        random.Shuffle(order);
        for (int i = 0; i < Count; i++)
        {
            int place = order[i] % places;
            MemoryRegion region = regions[place % regions.Length];
            ulong offset = (pageOfPlace[place] * PageBytes) + ((ulong)random.Next(PageBytes / sizeof(ulong)) * sizeof(ulong));
            Addresses[i] = region.Start + offset;
            Pointers[i] = region.GetHostSlice().DangerousAddress + (nint)offset;
        }

        // Memory that was never written is all one zero page, which would be in the first cache for nothing.
        WriteRaw(Pointers);
    }

    public GuestMemory Memory { get; }

    public GuestAddress[] Addresses { get; }

    /// <summary>The host's addresses of the same places. Valid while <see cref="Memory"/> is.</summary>
    public nint[] Pointers { get; }

    public string WorkingSet { get; }

    /// <summary>The baseline of reading.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static unsafe ulong ReadRaw(nint[] pointers)
    {
        ulong sum = 0;

        // In bounds: the pointers lie in regions that the caller holds.
        ref readonly Four<nint> end = ref Four<nint>.End(pointers);
        for (ref readonly Four<nint> four = ref Four<nint>.Start(pointers); four.IsBefore(in end); four = ref four.Next)
        {
            sum += *(ulong*)four.First;
            sum += *(ulong*)four.Second;
            sum += *(ulong*)four.Third;
            sum += *(ulong*)four.Fourth;
        }

        return sum;
    }

    /// <summary>The baseline of writing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static unsafe ulong WriteRaw(nint[] pointers)
    {
        ulong value = 0;

        // In bounds: as in ReadRaw.
        ref readonly Four<nint> end = ref Four<nint>.End(pointers);
        for (ref readonly Four<nint> four = ref Four<nint>.Start(pointers); four.IsBefore(in end); four = ref four.Next)
        {
            *(ulong*)four.First = value++;
            *(ulong*)four.Second = value++;
            *(ulong*)four.Third = value++;
            *(ulong*)four.Fourth = value++;
        }

        return value;
    }

    public void Dispose() => Memory.Dispose();
}
