using System.Diagnostics;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>Maps that are swapped all the time under their readers. Each promise has a control: the same without what gives it.</summary>
/// <remarks>Busy threads and collections at once: the runtime needs the process-wide barrier, too, to bring threads to a stop.</remarks>
public sealed class LiveSwapTortureTests
{
    private const int RegionsPerMap = 9;
    private const ulong Poison = 0xdead_dead_dead_dead;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ControlLimit = TimeSpan.FromSeconds(6);

    [ProcessWideBarrierFact]
    public void OneMap_HeldByAReader_IsNeverMixedWithAnother()
    {
        long mixed = SwapUnderReaders(Length, stopAtFirst: false, (_, held) => held);

        Assert.Equal(0, mixed);
    }

    [ProcessWideBarrierFact]
    public void Control_TheCurrentMapTakenAnewForEachAccess_IsSeenMixed()
        => Assert.True(SwapUnderReaders(ControlLimit, stopAtFirst: true, (live, _) => live.Current) > 0, "Nothing was ever swapped.");

    [ProcessWideBarrierTheory]
    [InlineData(0)]
    [InlineData(0x1003)]
    [InlineData(0xffff_ffff_ffff_0000)]
    public void AlignedEightByteValue_IsNeverTorn(ulong start)
    {
        long torn = WriteUnderReaders(start, TimeSpan.FromMilliseconds(500), stopAtFirst: false, (memory, address, value) => memory.Write(address, value));

        Assert.Equal(0, torn);
    }

    [ProcessWideBarrierFact]
    public void Control_TwoFourByteWrites_AreSeenTorn()
    {
        long torn = WriteUnderReaders(0, ControlLimit, stopAtFirst: true, (memory, address, value) =>
        {
            memory.Write(address, (uint)value);
            memory.Write(address + 4, (uint)(value >> 32));
        });

        Assert.True(torn > 0, "A torn value was never seen, so the test cannot see one.");
    }

    [ProcessWideBarrierFact]
    public void MapThatReadersWereWaitedFor_IsUsedByNobody()
        => Assert.Equal(0, RevokeUnderReaders(Length, stopAtFirst: false, live => Assert.True(live.WaitForReaders(Timeout.InfiniteTimeSpan))));

    [ProcessWideBarrierFact]
    public void Control_WithoutWaiting_TheOldMapIsSeenInUse()
        => Assert.True(RevokeUnderReaders(ControlLimit, stopAtFirst: true, _ => { }) > 0, "No reader was ever late.");

    private static long SwapUnderReaders(TimeSpan length, bool stopAtFirst, Func<LiveGuestMemory, GuestMemory, GuestMemory> next)
    {
        // Layouts of different sizes and granules, so that a table of one with the window of another would not go unnoticed.
        GuestMemory[] maps = [.. Enumerable.Range(0, 8).Select(NewMap)];
        var live = new LiveGuestMemory(maps[0]);
        long mixed = 0;
        long rounds = 0;
        using (var crew = new Crew())
        {
            for (int reader = 0; reader < 2; reader++)
            {
                crew.Start(() =>
                {
                    GuestMemory map = live.Current;
                    ulong expected = map.Read<ulong>(AddressOf(0));
                    for (int i = 1; i < RegionsPerMap; i++)
                    {
                        map = next(live, map);
                        if (!map.TryRead(AddressOf(i), out ulong seen, out _) || seen != expected)
                            Interlocked.Increment(ref mixed);
                    }
                });
            }

            for (var clock = Stopwatch.StartNew(); Goes(clock, length, crew, stopAtFirst, ref mixed); rounds++)
                live.Replace(rounds % 64 == 63 ? maps[rounds % 8].With(MemoryRegion.Anonymous(0x9000_0000, 0x1000)) : maps[rounds % 8]);
        }

        Array.ForEach(maps, map => map.Dispose());
        Assert.True(rounds > 100 || stopAtFirst, $"Only {rounds} swaps.");
        return mixed;
    }

    private static ulong AddressOf(int region) => (ulong)region * 0x100_0000;

    private static GuestMemory NewMap(int id)
    {
        var regions = new List<MemoryRegion>();
        for (int i = 0; i < RegionsPerMap; i++)
            regions.Add(MemoryRegion.Anonymous(AddressOf(i), id % 2 == 0 ? 0x1000ul : 0x2_0000ul));

        // An outlier moves the window, or leaves it.
        if (id % 3 == 0)
            regions.Add(MemoryRegion.Anonymous(0xffff_ffff_ffff_f000, 0x1000));

        GuestMemory map = GuestMemory.Create([.. regions]);
        for (int i = 0; i < RegionsPerMap; i++)
            map.Write(AddressOf(i), (ulong)id + 1);

        return map;
    }

    private static long WriteUnderReaders(
        ulong start, TimeSpan length, bool stopAtFirst, Action<GuestMemory, GuestAddress, ulong> write)
    {
        using GuestMemory first = GuestMemory.Create(MemoryRegion.Anonymous(start, 0x2000));
        using MemoryRegion extra = MemoryRegion.Anonymous(0x7000_0000, 0x1000);
        GuestMemory second = first.With(extra);
        var live = new LiveGuestMemory(first);
        ulong address = Alignment.Up(start, 8);
        long torn = 0;
        using (var crew = new Crew())
        {
            crew.Start(() =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    ulong seen = live.Current.Read<ulong>(address);
                    if (seen is not (0 or ulong.MaxValue))
                        Interlocked.Increment(ref torn);
                }
            });
            ulong value = 0;
            for (var clock = Stopwatch.StartNew(); Goes(clock, length, crew, stopAtFirst, ref torn);)
            {
                for (int i = 0; i < 1000; i++)
                {
                    value = ~value;
                    write(live.Replace(i % 2 == 0 ? second : first), address, value);
                }
            }
        }

        return torn;
    }

    private static long RevokeUnderReaders(TimeSpan length, bool stopAtFirst, Action<LiveGuestMemory> wait)
    {
        using GuestMemory even = GuestMemory.Anonymous(0x1000);
        using GuestMemory odd = GuestMemory.Anonymous(0x1000);
        odd.Write(0, Poison);
        var live = new LiveGuestMemory(even);
        long late = 0;
        long rounds = 0;
        using (var crew = new Crew())
        {
            for (int reader = 0; reader < 2; reader++)
            {
                crew.Start(() =>
                {
                    for (int i = 0; i < 100; i++)
                    {
                        using ReaderScope scope = live.Enter();
                        GuestMemory map = live.Current;
                        for (int reads = 0; reads < 20; reads++)
                        {
                            if (map.Read<ulong>(0) == Poison)
                                Interlocked.Increment(ref late);
                        }
                    }
                });
            }

            for (var clock = Stopwatch.StartNew(); Goes(clock, length, crew, stopAtFirst, ref late); rounds++)
            {
                GuestMemory next = rounds % 2 == 0 ? odd : even;
                next.Write(0, 0ul);
                GuestMemory old = live.Replace(next);
                wait(live);
                old.Write(0, Poison);
            }
        }

        Assert.True(rounds > 20 || stopAtFirst, $"Only {rounds} rounds.");
        return late;
    }

    private static bool Goes(Stopwatch clock, TimeSpan length, Crew crew, bool stopAtFirst, ref long seen)
        => clock.Elapsed < length && crew.IsRunning && !(stopAtFirst && Interlocked.Read(ref seen) != 0);
}
