using System.Diagnostics;
using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>One thread changes where pages lead and flushes, others read: every frame holds its own number, so that what a read
/// took tells which translation it used.</summary>
public sealed class TlbLitmusTests : IDisposable
{
    private const ulong Frames = 0x40_0000;
    private const int FrameCount = 256;

    // Few pages that share entries of the TLB, so that entries are written over all the time.
    private const int Pages = 8;
    private const ulong Stride = 1 << 22;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);

    private readonly GuestMemory _memory = GuestMemory.Anonymous(Frames + (FrameCount * 4096));
    private readonly PageTableEditor _editor;
    private readonly PagedMemory _space;
    private readonly ulong[] _entryPlaces = new ulong[Pages];
    private readonly ulong[] _tags = new ulong[Pages];

    // By page: the least generation that a read which begins now may see.
    private readonly long[] _published = new long[Pages];

    public TlbLitmusTests()
    {
        _editor = new PageTableEditor(_memory, PageTableFormat.X64FourLevels, new FrameAllocator(new GuestRange(0, Frames)));
        for (int page = 0; page < Pages; page++)
        {
            ulong address = AddressOf(page);
            _editor.Map(new GuestRange(address, 4096), FrameOf(page, 0), MemoryAccess.ReadWrite);
            (_entryPlaces[page], ulong entry) = NaiveTables.Find(_memory, _editor.Table, address, 1)!.Value;
            _tags[page] = entry & 0xfff;
        }

        for (int i = 0; i < FrameCount; i++)
        {
            for (ulong offset = 0; offset < 4096; offset += 8)
                _memory.Write(Frames + ((ulong)i * 4096) + offset, (ulong)i);
        }

        _space = new PagedMemory(_memory, TranslationRegime.Of(_editor.Table));
    }

    [Theory]
    [InlineData("one")]
    [InlineData("range")]
    [InlineData("all")]
    public void AfterAFlush_NoReadUsesWhatWasBefore(string flush)
    {
        (long reads, long changes, string? stale) = Run(flush);
        Assert.True(stale is null, $"{stale} (of {reads} reads, {changes} changes)");
        Assert.True(reads > 1000 && changes > 100, $"{reads} reads, {changes} changes");
    }

    // The control: without a flush the same loop sees old translations at once.
    [Fact]
    public void WithoutAFlush_OldTranslationsAreSeen()
        => Assert.Contains("stale", Run("none").Stale, StringComparison.Ordinal);

    public void Dispose() => _memory.Dispose();

    private static ulong AddressOf(int page) => 0x4000_0000 + ((ulong)page * Stride);

    private static ulong FrameOf(int page, long generation)
        => Frames + ((((ulong)generation * Pages) + (ulong)page) % FrameCount * 4096);

    private (long Reads, long Changes, string? Stale) Run(string flush)
    {
        long reads = 0;
        long changes = 0;
        string? stale = null;
        using (var crew = new Crew())
        {
            for (int reader = 0; reader < 2; reader++)
            {
                var random = new Random(reader);
                crew.Start(() =>
                {
                    for (int i = 0; i < 1000 && Volatile.Read(ref stale) is null; i++)
                    {
                        string? problem = ReadOne(random.Next(Pages), (ulong)random.Next(512) * 8);
                        if (problem is not null)
                            Interlocked.CompareExchange(ref stale, problem, null);
                    }

                    Interlocked.Add(ref reads, 1000);
                });
            }

            var clock = Stopwatch.StartNew();
            for (; clock.Elapsed < Duration && Volatile.Read(ref stale) is null && crew.IsRunning; changes++)
            {
                int page = (int)(changes % Pages);
                long generation = _published[page] + 1;
                _memory.Write(
                    _entryPlaces[page], new LittleEndian<ulong>(_tags[page] | FrameOf(page, generation)));
                Flush(flush, AddressOf(page));
                Volatile.Write(ref _published[page], generation);
            }
        }

        return (reads, changes, stale);
    }

    // A frame's number tells its page and, as long as a read is shorter than 32 changes, its generation.
    private string? ReadOne(int page, ulong offset)
    {
        long before = Volatile.Read(ref _published[page]);
        ulong frame = _space.Read<ulong>(AddressOf(page) + offset);
        long after = Volatile.Read(ref _published[page]);
        if (frame % Pages != (ulong)page)
            return $"torn: page {page} was read from frame {frame}, another page's";

        const long Generations = FrameCount / Pages;
        long since = (((long)frame / Pages) - (before % Generations) + Generations) % Generations;

        // The change that is being made may be seen before it is published.
        return after - before < Generations - 2 && since > after - before + 1
            ? $"stale: page {page} was read from frame {frame}, {Generations - since} generations before {before} ({after} after)"
            : null;
    }

    private void Flush(string how, ulong address)
    {
        switch (how)
        {
            case "one":
                _space.Flush(address);
                break;
            case "range":
                _space.Flush(new GuestRange(address - 4096, 3 * 4096));
                break;
            case "all":
                _space.FlushAll();
                break;
        }
    }
}
