using System.Diagnostics;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>Harvests that race with writers lose nothing; without the barrier they do.</summary>
[Collection(ProcessStateCollection.Name)]
public sealed class DirtyLitmusTests(ITestOutputHelper output)
{
    private const long MostRounds = 200_000;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ControlLimit = TimeSpan.FromSeconds(6);

    [ProcessWideBarrierTheory]
    [InlineData("typed")]
    [InlineData("relaxed store")]
    [InlineData("unaligned")]
    [InlineData("bytes")]
    [InlineData("slice")]
    public void Harvest_ThatRacesWithAWriter_LosesNothing(string way)
    {
        using var marks = new LodgeMarks(way);
        LitmusResult result = Litmus.Run(marks, MostRounds, Length);

        output.WriteLine($"{way}: {result}");
        Assert.False(result.Lost, $"A write was lost: {result}.");
    }

    [ProcessWideBarrierFact]
    public void Control_HarvestWithoutTheBarrier_LosesAPage()
    {
        using var marks = new MarksWithoutBarrier();
        LitmusResult result = Litmus.Run(marks, long.MaxValue, ControlLimit);

        output.WriteLine($"without the barrier: {result}");
        Assert.SkipUnless(result.Lost, $"This machine did not show the loss: {result}. What the barrier is for cannot be seen here.");
    }

    [ProcessWideBarrierFact]
    public void CopyOfWhatWasHarvested_IsTheMemoryInTheEnd()
    {
        const int Writers = 3;
        const int PagesEach = 40;
        const ulong Page = 4096;
        const ulong Size = Writers * PagesEach * Page;
        using GuestMemory memory = GuestMemory.Create(
            MemoryRegion.Anonymous(0, Size / 2, new RegionOptions { Dirty = new DirtyBitmap(Size / 2) }),
            MemoryRegion.Anonymous(Size / 2, Size / 2, new RegionOptions { Dirty = new DirtyBitmap(Size / 2) }));
        using GuestMemory copy = GuestMemory.Anonymous(Size);
        var pages = new DirtyPages();
        long harvests = 0;
        using (var crew = new Crew())
        {
            for (int writer = 0; writer < Writers; writer++)
            {
                // Pages of one word of the bitmap belong to different writers.
                int first = writer;
                ulong value = 0;
                crew.Start(() =>
                {
                    for (int i = 0; i < PagesEach; i++)
                        memory.Write((ulong)((i * Writers) + first) * Page, ++value);
                });
            }

            for (var clock = Stopwatch.StartNew(); clock.Elapsed < Length && crew.IsRunning; harvests++)
                CopyDirty(memory, copy, pages);
        }

        CopyDirty(memory, copy, pages);

        Assert.True(harvests > 10, $"Only {harvests} harvests.");
        for (ulong address = 0; address < Size; address += Page)
        {
            Assert.NotEqual(0ul, memory.Read<ulong>(address));
            Assert.Equal(memory.Read<ulong>(address), copy.Read<ulong>(address));
        }
    }

    private static void CopyDirty(GuestMemory memory, GuestMemory copy, DirtyPages pages)
    {
        memory.HarvestDirty(pages);
        foreach (GuestRange range in pages)
            memory.Copy(range.Start, copy, range.Start, range.Length);
    }
}
