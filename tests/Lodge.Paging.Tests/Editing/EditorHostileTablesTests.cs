using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Tables that a guest wrote so that a change to them would take for ever.</summary>
public sealed class EditorHostileTablesTests : IDisposable
{
    // What a change of a few tables costs: each of them, some times.
    private const long MostCalls = 100_000;
    private const ulong Root = 0x1000;
    private const ulong NotPresent = 2;

    private static readonly GuestRange LowerHalf = new(0, 1UL << 47);

    private readonly GuestMemory _memory = GuestMemory.Anonymous(1 << 20);

    public static TheoryData<string> Changes => ["unmap", "protect", "release", "map"];

    [Theory]
    [MemberData(nameof(Changes))]
    public void AllEntriesLeadToTheRoot_CostsLittle(string change)
    {
        Fill(Root, Root | 7);
        Run(change);
    }

    // Nothing is present in the last table, and yet it is not empty.
    [Theory]
    [MemberData(nameof(Changes))]
    public void AllEntriesLeadToOneTable_OnEveryLevel_CostsLittle(string change)
    {
        Fill(0x1000, 0x2007);
        Fill(0x2000, 0x3007);
        Fill(0x3000, 0x4007);
        Fill(0x4000, NotPresent);
        Run(change);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void AllEntriesLeadToOneTableOfPages_OnEveryLevel_CostsLittle(string change)
    {
        Fill(0x1000, 0x2007);
        Fill(0x2000, 0x3007);
        Fill(0x3000, 0x4007);
        Fill(0x4000, 0x5067);
        Run(change);
    }

    public void Dispose() => _memory.Dispose();

    private void Run(string change)
    {
        var space = new PatientSpace(_memory, MostCalls);
        var frames = new FrameAllocator(new GuestRange(0x8_0000, 0x8_0000));
        PageTableEditor editor = PageTableEditor.Open(space, new PageTable(PageTableFormat.X64FourLevels, Root), frames);
        PageAttributes attributes = new(editor.Table.Format.RightsFor(MemoryAccess.Read));
        Exception? thrown = Record.Exception(() =>
        {
            switch (change)
            {
                case "unmap":
                    editor.Unmap(LowerHalf, frames);
                    break;
                case "protect":
                    editor.Protect(LowerHalf, attributes);
                    break;
                case "release":
                    editor.Release(frames);
                    break;
                default:
                    editor.Map(LowerHalf, 0, attributes);
                    break;
            }
        });
        Assert.True(thrown is null or PageTableException, thrown?.ToString());
    }

    private void Fill(ulong table, ulong entry)
    {
        for (ulong i = 0; i < 512; i++)
            _memory.Write(table + (i * 8), entry);
    }
}
