using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>What a guest's tables map, against a walk that knows nothing of the library's.</summary>
public sealed class GuestPageMapTests
{
    private const ulong Page = SandboxLayout.PageBytes;

    [Fact]
    public void PageMap_IsWhatANaiveWalkFinds()
    {
        using Sandbox sandbox = Create(Guests.Notes);
        sandbox.Call("Put", "a", "one");

        GuestPageMap map = sandbox.ReadPageMap();

        SortedDictionary<ulong, ulong> leaves = [];
        Walk(sandbox, sandbox.Layout.PageTables.Value, level: 4, 0, leaves);
        Assert.InRange(leaves.Count, 100, 1000);
        Assert.False(map.IsCutShort);
        Assert.Equal(
            leaves.Select(static leaf
                => (leaf.Key, leaf.Value & 0x000F_FFFF_FFFF_F000, AccessOf(leaf.Value), (leaf.Value & 0xE00) == 0x200)),
            map.Ranges.SelectMany(PagesOf));
    }

    [Fact]
    public void Ranges_AreAsLongAsTheyCanBe_InOrder()
    {
        using Sandbox sandbox = Create(Guests.Hello);

        IReadOnlyList<GuestPages> ranges = sandbox.ReadPageMap().Ranges;

        for (int i = 1; i < ranges.Count; i++)
        {
            (GuestPages before, GuestPages next) = (ranges[i - 1], ranges[i]);
            ulong end = before.Range.Start.Value + before.Range.Length;
            Assert.True(end <= next.Range.Start.Value);
            Assert.False(
                end == next.Range.Start.Value
                && before.Target.Value + before.Range.Length == next.Target.Value
                && (before.Access, before.IsCopiedWhenWritten) == (next.Access, next.IsCopiedWhenWritten));
        }
    }

    [Fact]
    public void WhatIsWritten_IsTakenFromScratch()
    {
        using Sandbox sandbox = Create(Guests.Notes);
        using Snapshot fresh = sandbox.TakeSnapshot();
        sandbox.Restore(fresh);
        ulong[] before = Written(sandbox);

        sandbox.Call("Put", "a", new string('x', 5000));

        ulong[] after = Written(sandbox);
        Assert.True(after.Length >= before.Length + 2, $"{after.Length} pages are written, {before.Length} were.");
        sandbox.Restore(fresh);
        Assert.Equal(before, Written(sandbox));
    }

    [Fact]
    public void TooManyRanges_AreCutShort()
    {
        using Sandbox sandbox = Create(Guests.Hello);
        GuestPageMap whole = sandbox.ReadPageMap();

        GuestPageMap exact = sandbox.ReadPageMap(whole.Ranges.Count);
        GuestPageMap cut = sandbox.ReadPageMap(whole.Ranges.Count - 1);

        Assert.Equal((false, true), (exact.IsCutShort, cut.IsCutShort));
        Assert.Equal(whole.Ranges, exact.Ranges);
        Assert.Equal(whole.Ranges.SkipLast(1), cut.Ranges);
        Assert.Throws<ArgumentOutOfRangeException>(() => sandbox.ReadPageMap(0));
    }

    [Fact]
    public void TablesThatLeadToThemselves_EndSomewhere()
    {
        using Sandbox sandbox = Create(Guests.Hello);
        GuestAddress root = sandbox.Layout.PageTables;
        for (ulong index = 100; index < 110; index++)
            sandbox.PhysicalMemory.Write(root + (index * 8), root.Value | 0x23);

        GuestPageMap map = sandbox.ReadPageMap();

        Assert.True(map.IsCutShort);
    }

    [Fact]
    public void WhileACallRuns_NothingIsRead()
    {
        Sandbox? called = null;
        Exception? refused = null;
        using var sandbox = Sandbox.Create(Guests.Hello, options =>
        {
            options.Engine = Machines.Machines.Software;
            options.AddHostFunction("GetWeekday", () =>
            {
                refused = Record.Exception(() => called!.ReadPageMap());
                return "Friday";
            });
        });
        called = sandbox;

        sandbox.Call<string>("SayHello", "World");

        Assert.IsType<InvalidOperationException>(refused);
    }

    private static Sandbox Create(string guest)
        => Sandbox.Create(guest, static options => options.Engine = Machines.Machines.Software);

    private static ulong[] Written(Sandbox sandbox)
        => [.. from pages in sandbox.ReadPageMap().Ranges
               where sandbox.Layout.Scratch.Contains(pages.Target) && !sandbox.Layout.Window.Contains(pages.Range.Start)
               from page in PagesOf(pages)
               select page.Address];

    private static IEnumerable<(ulong Address, ulong Target, MemoryAccess Access, bool IsCopied)> PagesOf(GuestPages pages)
    {
        for (ulong done = 0; done < pages.Range.Length; done += Page)
            yield return (pages.Range.Start.Value + done, pages.Target.Value + done, pages.Access, pages.IsCopiedWhenWritten);
    }

    private static void Walk(Sandbox sandbox, ulong table, int level, ulong address, SortedDictionary<ulong, ulong> leaves)
    {
        for (ulong index = 0; index < 512; index++)
        {
            ulong entry = sandbox.PhysicalMemory.Read<ulong>(table + (index * 8));
            if ((entry & 1) == 0)
                continue;

            ulong at = address | (index << (12 + (9 * (level - 1))));
            if (level == 4 && index >= 256)
                at |= 0xFFFF_0000_0000_0000;

            if (level == 1)
                leaves.Add(at, entry);
            else
                Walk(sandbox, entry & 0x000F_FFFF_FFFF_F000, level - 1, at, leaves);
        }
    }

    private static MemoryAccess AccessOf(ulong entry)
        => MemoryAccess.Read
            | ((entry & 2) != 0 ? MemoryAccess.Write : MemoryAccess.None)
            | (entry >> 63 == 0 ? MemoryAccess.Execute : MemoryAccess.None);
}
