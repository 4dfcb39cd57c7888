using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Tables that somebody made to do harm: a walk reads one entry a level, and nothing but what the space lets
/// it.</summary>
public sealed class HostileWalksTests
{
    private const int Seed = 2401;
    private const ulong MemoryBytes = 64 * 4096;

    public static TheoryData<string> Formats => FormatCases.Names;

    [Theory]
    [MemberData(nameof(Formats))]
    public void RandomBytes_AsTables_AreWalkedWithinBounds(string name)
    {
        PageTableFormat format = FormatCases.Get(name).Format;
        var random = new Random(Seed);
        using GuestMemory memory = NewMemory();
        byte[] bytes = new byte[MemoryBytes];
        for (int round = 0; round < 3; round++)
        {
            random.NextBytes(bytes);
            foreach (MemoryRegion region in memory.Regions)
                region.GetHostSlice().CopyFrom(0, bytes.AsSpan(0, (int)region.Size));

            for (int i = 0; i < 100; i++)
                WalkWithin(memory, format, NextRoot(random), random);
        }
    }

    // As random, but so that most entries are tables, in memory and out of it.
    [Theory]
    [MemberData(nameof(Formats))]
    public void TablesThatLeadAnywhere_AreWalkedWithinBounds(string name)
    {
        PageTableFormat format = FormatCases.Get(name).Format;
        var random = new Random(Seed);
        using GuestMemory memory = NewMemory();
        foreach (MemoryRegion region in memory.Regions)
        {
            GuestSlice slice = region.GetHostSlice();
            for (ulong at = 0; at < region.Size; at += 8)
            {
                ulong target = random.Percent(60) ? (ulong)random.NextInt64((long)MemoryBytes * 2) : random.Any();
                target &= ((1UL << format.OutputBits) - 1) & ~(format.PageSize.Bytes - 1);
                format.TryEncodeTable(2, target, out ulong entry);
                slice.Write<LittleEndian<ulong>>(at, random.Damaged(entry));
            }
        }

        for (int i = 0; i < 300; i++)
            WalkWithin(memory, format, NextRoot(random), random);
    }

    // Each table is its own next one: a walk goes around as often as there are levels, and ends.
    [Theory]
    [MemberData(nameof(Formats))]
    public void TablesThatLeadToThemselves_EndAWalk(string name)
    {
        PageTableFormat format = FormatCases.Get(name).Format;
        if (format.Levels.Length == 1)
            return;

        ulong size = Math.Max(format.Levels[0].TableBytes, format.PageSize.Bytes);
        using GuestMemory memory = GuestMemory.Anonymous(3 * size);
        Assert.True(format.TryEncodeTable(2, size, out ulong entry));
        for (ulong at = size; at < 2 * size; at += 8)
            memory.Write<LittleEndian<ulong>>(at, entry);

        var random = new Random(Seed);
        for (int i = 0; i < 100; i++)
        {
            PageWalk walk = WalkWithin(memory, format, size, random);
            if (walk.Failure.Kind != PageWalkFailureKind.NonCanonical)
                Assert.Equal(format.Levels.Length, walk.Entries.Length);
        }
    }

    [Fact]
    public void ASpaceThatDeniesEverything_EndsAWalkAtTheRoot()
    {
        foreach (FormatCase @case in FormatCases.All)
        {
            PageWalk walk = WalkWithin(GuestMemory.Empty, @case.Format, 0x10_0000, new Random(Seed), isInRange: true);
            Assert.Equal(PageWalkFailureKind.TableOutsideMemory, walk.Failure.Kind);
            Assert.Equal(@case.Format.Levels.Length, walk.Failure.Level);
            Assert.True(walk.Entries.IsEmpty);
        }
    }

    // As everywhere, a space that breaks the contract is found out: a failure, or an exception that says so.
    [Theory]
    [InlineData(SpaceLie.EmptySlice)]
    [InlineData(SpaceLie.LongerSlice)]
    public void ASpaceThatLies_NeverMakesATranslation(SpaceLie lie)
    {
        using var chain = new PageChain(PageTableFormat.X64FourLevels, 0x8000_0000_1234_5007);
        foreach (AccessedDirty mode in Enum.GetValues<AccessedDirty>())
        {
            for (int honestCalls = 0; honestCalls < 4; honestCalls++)
            {
                PageWalker walker = chain.Walker(new LyingSpace(chain.Memory, honestCalls, lie), mode);
                try
                {
                    Assert.False(walker.TryTranslate(0, MemoryAccess.Read, Privilege.Supervisor, out _, out _));
                }
                catch (InvalidOperationException)
                {
                }
            }
        }
    }

    private static GuestMemory NewMemory() => GuestMemory.Create(
        MemoryRegion.Anonymous(0, MemoryBytes), MemoryRegion.Anonymous(MemoryBytes + 0x5000, MemoryBytes - 0x2ff8));

    private static ulong NextRoot(Random random) => random.Next(6) switch
    {
        0 => random.Any(),
        1 => ulong.MaxValue - (ulong)random.Next(1 << 21),
        2 => MemoryBytes * 2,
        _ => (ulong)random.NextInt64((long)MemoryBytes * 2),
    };

    private static PageWalk WalkWithin(
        IAddressSpace memory, PageTableFormat format, ulong root, Random random, bool isInRange = false)
    {
        var mode = (AccessedDirty)random.Next(3);
        var space = new CountingSpace(memory);
        var walker = new PageWalker(
            space,
            TranslationRegime.Of(new PageTable(format, root), (RegimeRules)random.Next(64)),
            new PageWalkerOptions { AccessedDirty = mode });
        ulong address = NextAddress(format, random, isInRange);
        var access = (MemoryAccess)random.Next(8);
        PageWalk walk = walker.Walk(address, access, (Privilege)random.Next(2));

        List<SpaceCall> reads = [.. space.Calls.Where(call => call.Access == MemoryAccess.Read)];
        Assert.InRange(reads.Count, 0, format.Levels.Length);
        Assert.All(reads, call => Assert.Equal((8UL, 0UL), (call.Length, call.Address % 8)));
        Assert.All(reads.SkipLast(1), call => Assert.True(call.IsGranted));
        Assert.Equal(reads.Count(call => call.IsGranted), walk.Entries.Length);
        for (int i = 0; i < walk.Entries.Length; i++)
        {
            Assert.Equal(reads[i].Address, walk.Entries[i].EntryAddress.Value);
            Assert.Equal(format.Levels[i].Number, walk.Entries[i].Level);
        }

        bool isOutside = reads.Count != walk.Entries.Length;
        Assert.Equal(isOutside, walk.Failure.Kind == PageWalkFailureKind.TableOutsideMemory);
        Assert.True(mode == AccessedDirty.Update || reads.Count == space.Calls.Count);

        // What it says of itself can be said whatever happened.
        Assert.NotEmpty(walk.IsTranslated ? walk.Translation.ToString() : walk.Failure.ToString());
        return walk;
    }

    private static ulong NextAddress(PageTableFormat format, Random random, bool isInRange)
    {
        if (!isInRange && random.Percent(10))
            return random.Any();

        return format.AddressForm switch
        {
            AddressForm.SignExtended => (ulong)((long)(random.Any() << (64 - format.InputBits)) >> (64 - format.InputBits)),
            AddressForm.AllOnes => random.Any() | (ulong.MaxValue << format.InputBits),
            _ => random.Any() & ((1UL << format.InputBits) - 1),
        };
    }
}
