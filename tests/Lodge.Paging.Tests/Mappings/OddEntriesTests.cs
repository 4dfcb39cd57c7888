using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Entries as nobody writes them: walks and enumerations take each for what the format says it is.</summary>
public sealed class OddEntriesTests : IDisposable
{
    private const int EntriesPerLevel = 300;

    private readonly GuestMemory _memory = GuestMemory.Anonymous(4 << 20);

    [Theory]
    [MemberData(nameof(FormatCases.Names), MemberType = typeof(FormatCases))]
    public void EveryEntry_IsWhatTheFormatSays(string name)
    {
        PageTableFormat format = FormatCases.Get(name).Format;
        var walker = new PageWalker(_memory, TranslationRegime.Of(new PageTable(format, 0)));
        ulong address = NaiveTables.Extend(format, 0);
        var random = new Random(7);
        ulong table = 0;
        foreach (PageTableLevel level in format.Levels)
        {
            for (int i = 0; i < EntriesPerLevel; i++)
            {
                ulong entry = NextEntry(random);
                _memory.Write(table, new LittleEndian<ulong>(entry));
                PageWalk walk = walker.Walk(address);
                EntryKind kind = format.KindOf(level.Number, entry);
                EntryKind seen = Seen(walk, level);
                Assert.True(kind == seen, $"{name}, level {level.Number}: 0x{entry:x} is {kind}, and taken for {seen}");

                // One entry, and below it nothing that is there for sure.
                if (kind != EntryKind.Table)
                {
                    bool isListed = walker.GetMappedRanges().Any();
                    Assert.True((kind == EntryKind.Page) == isListed, $"{name}, level {level.Number}: 0x{entry:x} is {kind}");
                }
            }

            if (level.Number == 1)
                break;

            ulong below = 0x10_0000UL + ((ulong)level.Number * 0x1_0000);
            Assert.True(format.TryEncodeTable(level.Number, below, out ulong link));
            _memory.Write(table, new LittleEndian<ulong>(link));
            table = below;
        }
    }

    public void Dispose() => _memory.Dispose();

    // Few bits of many: the lowest decide most, and addresses that are nearly 0 fit pages of any size.
    private static ulong NextEntry(Random random)
    {
        ulong entry = (ulong)random.Next(256);
        for (int i = random.Next(3); i > 0; i--)
            entry |= 1UL << random.Next(64);

        return entry;
    }

    private static EntryKind Seen(in PageWalk walk, PageTableLevel level)
    {
        if ((walk.IsTranslated ? walk.Translation.Level : walk.Failure.Level) < level.Number)
            return EntryKind.Table;

        return walk.Failure.Kind switch
        {
            PageWalkFailureKind.None => EntryKind.Page,
            PageWalkFailureKind.NotPresent => EntryKind.NotPresent,
            PageWalkFailureKind.Malformed => EntryKind.Malformed,
            _ => throw new InvalidOperationException(walk.Failure.ToString()),
        };
    }
}
