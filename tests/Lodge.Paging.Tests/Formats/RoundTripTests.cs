using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>What is encoded is what is decoded; what cannot be said is refused.</summary>
public sealed class RoundTripTests
{
    private const int Seed = 2201;

    public static TheoryData<string> Formats => FormatCases.Names;

    [Theory]
    [MemberData(nameof(Formats))]
    public void Page_IsGivenBackExactly_OrRefused(string name)
    {
        FormatCase @case = FormatCases.Get(name);
        var random = new Random(Seed);
        MemoryType[] types = [.. @case.Format.MemoryTypes.Distinct()];
        foreach (PageTableLevel level in @case.Format.Levels)
        {
            int accepted = 0;
            for (uint rights = 0; rights < 64; rights++)
            {
                foreach (MemoryType type in types)
                {
                    foreach (PageAttributes flags in Flags())
                    {
                        // The levels differ in little: of the upper ones a part is enough.
                        if (level.Number > 1 && random.Next(4) != 0)
                            continue;

                        PageAttributes attributes = flags with { Rights = RightsOf(rights), MemoryType = type };
                        accepted += Check(@case.Format, level, NextTarget(random, @case.Format, level), attributes) ? 1 : 0;
                    }
                }
            }

            Assert.Equal(level.CanMapPages, accepted != 0);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void MemoryTypeThatTheFormatLacks_IsRefused(string name)
    {
        FormatCase @case = FormatCases.Get(name);
        PageRights rights = @case.Format.RightsFor(MemoryAccess.All);
        foreach (MemoryType type in Enum.GetValues<MemoryType>().Where(type => type != MemoryType.Unknown))
        {
            var attributes = new PageAttributes(rights, type) { Shareability = ShareabilityOf(@case.Format) };
            Assert.Equal(
                (type, @case.Format.MemoryTypes.Contains(type)),
                (type, @case.Format.TryEncodePage(1, 0x1000_0000, attributes, out _)));
        }
    }

    // Whatever a page's entry can say can be said: no entry is one that the encoder does not know.
    [Theory]
    [MemberData(nameof(Formats))]
    public void EveryPageThatThereCanBe_CanBeEncoded(string name)
    {
        FormatCase @case = FormatCases.Get(name);
        var random = new Random(Seed);
        foreach (PageTableLevel level in @case.PageLevels)
        {
            int pages = 0;
            for (int i = 0; i < 3000; i++)
            {
                ulong entry = NextEntry(random, level);
                if (@case.Format.KindOf(level.Number, entry) != EntryKind.Page)
                    continue;

                pages++;
                GuestAddress target = @case.Format.TargetOf(level.Number, entry);
                PageAttributes attributes = @case.Format.AttributesOf(level.Number, entry);
                if (!@case.Format.TryEncodePage(level.Number, target, attributes, out ulong encoded))
                    Assert.Fail($"seed {Seed}: level {level.Number}, 0x{entry:x} says {attributes}, which is refused");

                Assert.Equal(target, @case.Format.TargetOf(level.Number, encoded));
                Assert.Equal(attributes, @case.Format.AttributesOf(level.Number, encoded));
            }

            Assert.True(pages > 20, $"seed {Seed}: {pages} pages on level {level.Number}");
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Targets_AreAlignedAndWithinTheOutputSize_OrRefused(string name)
    {
        PageTableFormat format = FormatCases.Get(name).Format;
        var attributes = new PageAttributes(format.RightsFor(MemoryAccess.All), format.OrdinaryMemory)
        {
            Shareability = ShareabilityOf(format),
        };
        ulong end = 1UL << format.OutputBits;
        foreach (PageTableLevel level in format.Levels)
        {
            ulong size = level.EntryCoverage;
            foreach (ulong good in (ReadOnlySpan<ulong>)[0, size % end, end - Math.Min(end, size)])
            {
                Assert.Equal(level.CanMapPages, format.TryEncodePage(level.Number, good, attributes, out ulong page));
                Assert.Equal(level.CanMapPages, page != 0);
            }

            foreach (ulong bad in (ReadOnlySpan<ulong>)[1, 8, size / 2, size * 3 / 2, end - 1, end, ~(size - 1), ulong.MaxValue])
            {
                Assert.False(
                    format.TryEncodePage(level.Number, bad, attributes, out ulong page), $"0x{bad:x} on level {level.Number}");
                Assert.Equal(0UL, page);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Tables_AreGivenBack_OrRefused(string name)
    {
        PageTableFormat format = FormatCases.Get(name).Format;
        ulong end = 1UL << format.OutputBits;
        ulong size = format.PageSize.Bytes;
        for (int level = 2; level <= format.Levels.Length; level++)
        {
            foreach (ulong good in (ReadOnlySpan<ulong>)[0, size, 0x1234_0000, end / 2, end - size])
            {
                Assert.True(format.TryEncodeTable(level, good, out ulong entry), $"0x{good:x}");
                Assert.Equal(EntryKind.Table, format.KindOf(level, entry));
                Assert.Equal(new GuestAddress(good), format.TargetOf(level, entry));
            }

            foreach (ulong bad in (ReadOnlySpan<ulong>)[1, 8, size / 2, end - 1, 1UL << 56, ulong.MaxValue])
            {
                Assert.False(format.TryEncodeTable(level, bad, out ulong entry), $"0x{bad:x}");
                Assert.Equal(0UL, entry);
            }
        }
    }

    private static bool Check(PageTableFormat format, PageTableLevel level, ulong target, PageAttributes attributes)
    {
        if (!format.TryEncodePage(level.Number, target, attributes, out ulong entry))
        {
            Assert.Equal(0UL, entry);
            return false;
        }

        if (format.KindOf(level.Number, entry) != EntryKind.Page || format.TargetOf(level.Number, entry) != target
            || format.AttributesOf(level.Number, entry) != attributes)
        {
            Assert.Fail($"seed {Seed}: level {level.Number}, {attributes} at 0x{target:x} became 0x{entry:x}, "
                + $"{format.KindOf(level.Number, entry)}, {format.AttributesOf(level.Number, entry)}");
        }

        return true;
    }

    private static IEnumerable<PageAttributes> Flags()
    {
        for (int bits = 0; bits < 16; bits++)
        {
            foreach (Shareability shareability in Enum.GetValues<Shareability>())
            {
                yield return new PageAttributes
                {
                    IsGlobal = (bits & 1) != 0,
                    IsAccessed = (bits & 2) != 0,
                    IsDirty = (bits & 4) != 0,
                    IgnoresGuestType = (bits & 8) != 0,
                    Shareability = shareability,
                };
            }
        }
    }

    private static PageRights RightsOf(uint bits) => new((MemoryAccess)(bits & 7), (MemoryAccess)(bits >> 3));

    private static ulong NextTarget(Random random, PageTableFormat format, PageTableLevel level)
        => (ulong)random.NextInt64() & ((1UL << format.OutputBits) - 1) & ~(level.EntryCoverage - 1);

    // Mostly attributes, and an address that is zero more often than not: in large pages its lower bits have to be.
    private static ulong NextEntry(Random random, PageTableLevel level)
    {
        ulong entry = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        if (random.Next(4) != 0)
            entry &= 0x003f_0000_0000_0fffUL << (random.Next(2) * 2);

        entry |= (uint)random.Next(4);
        if (level.Number > 1 && random.Next(2) == 0)
            entry |= 0x80;

        return random.Next(2) == 0 ? entry & 0xe078_0000_0000_1fff : entry & 0x0060_0000_0000_0fff;
    }

    // Where entries cannot say it, what the format says in their place.
    private static Shareability ShareabilityOf(PageTableFormat format) => format.AttributesOf(1, 0x703).Shareability;
}
