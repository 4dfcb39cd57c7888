using Xunit;

namespace Lodge.Memory.Tests;

public sealed class IommuConcurrencyTests
{
    private const ulong Pages = 64;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public void Lookups_WhileAPeerMapsAndCuts_SeeTheRightPageOrNone()
    {
        using GuestMemory physical = NumberedPages();
        var iotlb = new Iotlb(40);
        var memory = new IommuMemory(physical, iotlb);
        int seed = Random.Shared.Next();
        using var stop = new CancellationTokenSource();
        var writer = new Thread(() => MapAndCut(iotlb, new Random(seed), stop.Token)) { IsBackground = true };
        writer.Start();

        long right = 0;
        long none = 0;
        var random = new Random(seed + 1);
        for (int i = 0; i < 2_000_000 && (i < 200_000 || right < 1000 || none < 1000); i++)
        {
            ulong page = (ulong)random.Next((int)Pages);
            if (!memory.TryRead((page << 12) + 8, out ulong value, out AccessFault fault))
            {
                none++;
                Assert.Equal(FaultKind.NotPresent, fault.Kind);
            }
            else if (value == TargetPage(page))
            {
                right++;
            }
            else
            {
                Assert.Fail($"seed {seed}: page {page} gave the data of page {value}");
            }
        }

        stop.Cancel();
        Assert.True(writer.Join(Long));
        Assert.True(right > 0 && none > 0, $"seed {seed}: {right} right, {none} without translation");
    }

    [Fact]
    public void Lookups_WhileSomebodyHoldsTheCacheInAChange_DoNotWait()
    {
        using GuestMemory physical = NumberedPages();
        var iotlb = new Iotlb();
        Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(0, 0x1000), 0x3000, MemoryAccess.All)));
        Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(0x5000, 0x1000), 0x4000, MemoryAccess.All)));

        // The lookup is made while this thread is inside the lock that changes are made under.
        var @lock = (Lock)typeof(Iotlb)
            .GetField("_lock", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!
            .GetValue(iotlb)!;
        ulong value = 0;
        bool isMissed = false;
        var reader = new Thread(() =>
        {
            var memory = new IommuMemory(physical, iotlb);
            value = memory.Read<ulong>(8);
            isMissed = !memory.TryRead<ulong>(0x9000, out _, out _);
        })
        { IsBackground = true };
        lock (@lock)
        {
            reader.Start();
            Assert.True(reader.Join(Long), "a lookup waits for a change");
        }

        Assert.Equal(3UL, value);
        Assert.True(isMissed);
    }

    [Fact]
    public void Lookups_BesideACut_NeverMissWhatStaysMapped()
    {
        using GuestMemory physical = NumberedPages();
        var iotlb = new Iotlb();
        var memory = new IommuMemory(physical, iotlb);
        var whole = new IommuMapping(new GuestRange(0, Pages << 12), 0, MemoryAccess.All);
        Assert.True(iotlb.TryMap(whole));

        // Many others, so that a search takes long enough to be overtaken by a change.
        for (ulong page = 2 * Pages; page < 2000; page += 2)
            Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(page << 12, 0x1000), 0, MemoryAccess.All)));

        using var stop = new CancellationTokenSource();
        var writer = new Thread(() =>
        {
            // Page 0 is taken and given back; all others are mapped to the same place throughout.
            while (!stop.IsCancellationRequested)
            {
                iotlb.Invalidate(new GuestRange(0, 0x1000));
                iotlb.TryMap(whole);
            }
        })
        { IsBackground = true };
        writer.Start();

        int missed = 0;
        for (int i = 0; i < 3_000_000; i++)
        {
            ulong page = 1 + ((ulong)i % (Pages - 1));
            if (!memory.TryRead((page << 12) + 8, out ulong value, out _))
                missed++;
            else
                Assert.Equal(page, value);
        }

        stop.Cancel();
        Assert.True(writer.Join(Long));
        Assert.True(missed == 0, $"{missed} of 3,000,000 reads of addresses that were mapped all the time were faults");
    }

    private static GuestMemory NumberedPages()
    {
        GuestMemory memory = GuestMemory.Anonymous(Pages << 12);
        for (ulong page = 0; page < Pages; page++)
            memory.Write((page << 12) + 8, page);

        return memory;
    }

    private static ulong TargetPage(ulong page) => (page * 37) % Pages;

    private static void MapAndCut(Iotlb iotlb, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            ulong page = (ulong)random.Next((int)Pages);
            if (random.Next(3) != 0)
            {
                iotlb.TryMap(new IommuMapping(new GuestRange(page << 12, 0x1000), TargetPage(page) << 12, MemoryAccess.ReadWrite));
            }
            else
            {
                ulong start = (page << 12) + (ulong)random.Next(0x1000);
                iotlb.Invalidate(new GuestRange(start, Math.Min((ulong)random.Next(0x3000), (Pages << 12) - start)));
            }
        }
    }
}
