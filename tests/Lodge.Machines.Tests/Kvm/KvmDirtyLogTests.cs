using Xunit;

namespace Lodge.Machines.Tests;

public sealed class KvmDirtyLogTests
{
    private const ulong Page = 4096;

    [Fact]
    public void Merge_AnyOffset_MarksWhatTheLogHas()
    {
        const int Seed = 20260101;
        var random = new Random(Seed);
        for (int round = 0; round < 500; round++)
        {
            ulong offset = (ulong)random.Next(0, 200);
            int pages = random.Next(1, 300);
            var dirty = new DirtyBitmap((offset + (ulong)pages) * Page);
            ulong[] log = new ulong[((pages + 63) / 64) + 1];
            var expected = new SortedSet<ulong>();
            for (int page = 0; page < pages; page++)
            {
                if (random.Next(3) != 0)
                    continue;

                log[page / 64] |= 1UL << (page % 64);
                expected.Add(offset + (ulong)page);
            }

            KvmDirtyLog.Merge(log, dirty, offset * Page);
            ulong[] marked =
            [
                .. Enumerable.Range(0, (int)offset + pages).Select(i => (ulong)i).Where(page => dirty.IsMarked(page * Page)),
            ];
            Assert.True(expected.SequenceEqual(marked), $"Seed {Seed}, round {round}: offset {offset}, {pages} pages.");
        }
    }
}
