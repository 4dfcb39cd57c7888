using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Walks while another thread rewrites the tables.</summary>
public sealed class WalkConcurrencyTests
{
    // The two differ in both halves, so that half of one and half of the other is neither.
    private const ulong First = 0x0000_0011_1111_1067, Second = 0x8000_0022_2222_2025;

    private const int LeastWalks = 200_000;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public void Walks_WhileALeafIsRewritten_GiveOneOfTheTwoPages()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, First);
        using var crew = new Crew();
        crew.Start(() =>
        {
            chain.Memory.Write<LittleEndian<ulong>>(chain.EntryAddress(1), Second);
            chain.Memory.Write<LittleEndian<ulong>>(chain.EntryAddress(1), First);
        });
        PageWalker walker = chain.Walker();
        (int first, int second) = Count(() =>
        {
            Assert.True(walker.TryTranslate(0x123, MemoryAccess.Read, Privilege.User, out PageTranslation translation, out _));
            return (translation.Address.Value, translation.Entry, translation.Rights.User) switch
            {
                (0x11_1111_1123, First, MemoryAccess.All) => true,
                (0x22_2222_2123, Second, MemoryAccess.Read) => false,
                _ => throw new InvalidOperationException($"{translation} is neither of the two pages"),
            };
        });
        Assert.True(first > 0 && second > 0, $"{first} of one and {second} of the other");
    }

    // The control: who reads an entry in two halves sees what never was there.
    [Fact]
    public void ReadsInHalves_WhileALeafIsRewritten_SeeSomethingElse()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, First);
        using var crew = new Crew();
        ulong address = chain.EntryAddress(1);
        crew.Start(() =>
        {
            chain.Memory.Write<LittleEndian<ulong>>(address, Second);
            chain.Memory.Write<LittleEndian<ulong>>(address, First);
        });
        var stop = System.Diagnostics.Stopwatch.StartNew();
        bool isTorn = false;
        while (!isTorn && stop.Elapsed < Long)
        {
            ulong entry = chain.Memory.Read<LittleEndian<uint>>(address).Value;
            entry |= (ulong)chain.Memory.Read<LittleEndian<uint>>(address + 4).Value << 32;
            isTorn = entry is not First and not Second;
        }

        Assert.True(isTorn);
    }

    // A table becomes a large page and a table again; below the table another page is.
    [Fact]
    public void Walks_WhileATableIsReplacedByALargePage_GiveOneOfTheTwo()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, First);
        ulong table = chain[2];
        const ulong Large = 0x8000_0044_4440_00e7;
        using var crew = new Crew();
        crew.Start(() =>
        {
            chain.Memory.Write<LittleEndian<ulong>>(chain.EntryAddress(2), Large);
            chain.Memory.Write<LittleEndian<ulong>>(chain.EntryAddress(2), table);
        });
        PageWalker walker = chain.Walker();
        (int small, int large) = Count(() =>
        {
            PageWalk walk = walker.Walk(0x123, MemoryAccess.Read, Privilege.User);
            return (walk.Translation.Address.Value, walk.Translation.Level, walk.Entries.Length, walk.Entries[2].Entry) switch
            {
                (0x11_1111_1123, 1, 4, var entry) when entry == table => true,
                (0x44_4440_0123, 2, 3, Large) => false,
                _ => throw new InvalidOperationException($"{walk.Translation} is neither of the two pages"),
            };
        });
        Assert.True(small > 0 && large > 0, $"{small} in the table and {large} in the large page");
    }

    [Fact]
    public void Updates_NeverBringAnOldEntryBack()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, First & ~0x60UL);
        PageWalker walker = chain.Walker(AccessedDirty.Update);
        int updates = 0;
        int lost = RaceWithARewriter(chain, 100_000, () =>
        {
            if (walker.TryTranslate(0, MemoryAccess.Read, Privilege.User, out PageTranslation translation, out _)
                && (translation.Entry & 0x20) != 0)
            {
                updates++;
            }
        });
        Assert.Equal(0, lost);
        Assert.True(updates > 100, $"{updates} updates");
    }

    // The control: who reads, sets the bit, and writes loses what was written in between.
    [Fact]
    public void UpdatesThatDoNotCompare_BringOldEntriesBack()
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, First & ~0x60UL);
        int lost = RaceWithARewriter(chain, 20_000_000, () =>
        {
            ulong entry = chain.Memory.Read<LittleEndian<ulong>>(chain.EntryAddress(1));
            Thread.SpinWait(5);
            chain.Memory.Write<LittleEndian<ulong>>(chain.EntryAddress(1), entry | 0x20);
        });
        Assert.NotEqual(0, lost);
    }

    /// <summary>How often an entry that was replaced was there again. Ends at the first.</summary>
    private static int RaceWithARewriter(PageChain chain, int rounds, Action update)
    {
        ulong address = chain.EntryAddress(1);
        var stop = System.Diagnostics.Stopwatch.StartNew();
        using var crew = new Crew();
        crew.Start(update);
        for (int i = 0; i < rounds && stop.Elapsed < Long; i++)
        {
            // A page number of its own for each round: 20 bits of them.
            ulong entry = 0x7 | ((ulong)(i & 0xf_ffff) << 12);
            chain.Memory.Exchange<LittleEndian<ulong>>(address, entry);
            for (int look = 0; look < 20; look++)
            {
                if ((chain.Memory.Read<LittleEndian<ulong>>(address) & ~0x60UL) != entry)
                    return 1;
            }
        }

        return 0;
    }

    private static (int True, int False) Count(Func<bool> walk)
    {
        var stop = System.Diagnostics.Stopwatch.StartNew();
        int ones = 0;
        int others = 0;
        while (ones + others < LeastWalks || ((ones == 0 || others == 0) && stop.Elapsed < Long))
        {
            if (walk())
                ones++;
            else
                others++;
        }

        return (ones, others);
    }
}
