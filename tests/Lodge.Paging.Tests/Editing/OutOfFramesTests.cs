using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Changes that run out of memory at each allocation that they make: nothing of them is left.</summary>
public sealed class OutOfFramesTests : IDisposable
{
    private const ulong Size = 16 << 20;

    private readonly GuestMemory _memory = GuestMemory.Anonymous(Size);
    private readonly WatchfulAllocator _frames = new(0, Size);

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (FormatCase format in FormatCases.All)
            {
                foreach (string change in (string[])["map", "map new", "unmap", "protect"])
                    cases.Add(format.Name, change);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryAllocationThatFails_LeavesAllAsItWas(string name, string change)
    {
        PageTableFormat format = FormatCases.Get(name).Format;
        var flushes = new FlushRecorder();
        var editor = new PageTableEditor(_memory, format, _frames, new PageTableEditorOptions { Tlbs = [flushes] });
        ulong page = format.PageSize.Bytes;
        ulong large = format.Level(2).EntryCoverage;
        ulong start = NaiveTables.Extend(format, 0);
        PageAttributes ordinary = EncodablePages.Of(format)[0];
        PageAttributes other = EncodablePages.Of(format)[^1];

        // Something beside what fails; and pages that are split, from the middle of one to the middle of the other.
        editor.Map(new GuestRange(start, page), 0, ordinary);
        if (change is "unmap" or "protect")
            editor.Map(new GuestRange(start + large, large * 2), 0, ordinary);

        var range = new GuestRange(start + (2 * large) - (2 * page), 5 * page);

        List<NaivePage> before = NaiveTables.Read(_memory, editor.Table, out int tables);
        int inUse = _frames.InUse;
        for (int allocations = 0; ; allocations++)
        {
            Assert.True(allocations < 50, "It never succeeds.");
            _frames.Remaining = allocations;
            bool done = change switch
            {
                "map" => editor.TryMap(range, 0, ordinary, out PageEditFailure failure) || Expect(failure, range),
                "map new" => editor.TryMapNew(range, _frames, ordinary, out PageEditFailure failure) || Expect(failure, range),
                "unmap" => editor.TryUnmap(range, null, out PageEditFailure failure) || Expect(failure, range),
                _ => editor.TryProtect(range, other, out PageEditFailure failure) || Expect(failure, range),
            };
            Assert.Equal("", _frames.Problems);
            if (done)
            {
                Assert.True(allocations > 0 || !format.Level(2).CanMapPages, "Nothing was allocated.");
                return;
            }

            Assert.Equal(inUse, _frames.InUse);
            Assert.Equal(before, NaiveTables.Read(_memory, editor.Table, out int tablesNow));
            Assert.Equal(tables, tablesNow);
        }
    }

    public void Dispose() => _memory.Dispose();

    private static bool Expect(PageEditFailure failure, GuestRange range)
    {
        Assert.Equal(PageEditFailureKind.OutOfFrames, failure.Kind);
        Assert.True(range.Contains(failure.Address), failure.ToString());
        return false;
    }
}
