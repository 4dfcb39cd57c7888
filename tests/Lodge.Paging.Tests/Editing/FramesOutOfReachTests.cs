using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Frames that lie higher than entries of the format can lead.</summary>
public sealed class FramesOutOfReachTests : IDisposable
{
    private const ulong Low = 0x10_0000;
    private const ulong Size = 1 << 20;

    private readonly GuestMemory _memory = GuestMemory.Create(
        MemoryRegion.Anonymous(Low, Size),
        MemoryRegion.Anonymous((1UL << 36) + Low, Size));

    public static TheoryData<string> Formats => ["x64", "ept", "aarch64 stage 1", "aarch64 stage 2", "riscv"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void MapNew_OfPagesOutOfReach_MapsNothing(string name)
    {
        var tables = new WatchfulAllocator(Low, Size);
        var pages = new WatchfulAllocator((1UL << 36) + Low, Size);
        var editor = new PageTableEditor(_memory, With36Bits(name), tables);

        AssertRefused(() => editor.MapNew(new GuestRange(0x40_0000, 0x4000), pages, Attributes(editor)));
        Assert.Equal([], NaiveTables.Read(_memory, editor.Table));
        Assert.Equal((1, 0), (tables.InUse, pages.InUse));
        Assert.Equal("", tables.Problems + pages.Problems);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Map_WithTablesOutOfReach_MapsNothing(string name)
    {
        var tables = new WatchfulAllocator((1UL << 36) + Low, Size);
        PageTableEditor editor = PageTableEditor.Open(_memory, new PageTable(With36Bits(name), Low), tables);

        AssertRefused(() => editor.Map(new GuestRange(0x40_0000, 0x4000), 0x40_0000, Attributes(editor)));
        Assert.Equal([], NaiveTables.Read(_memory, editor.Table));
        Assert.Equal(0, tables.InUse);
        Assert.Equal("", tables.Problems);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Create_WithARootOutOfReach_IsRefused(string name)
    {
        var tables = new WatchfulAllocator((1UL << 36) + Low, Size);
        AssertRefused(() => _ = new PageTableEditor(_memory, With36Bits(name), tables));
        Assert.Equal(0, tables.InUse);
    }

    public void Dispose() => _memory.Dispose();

    // By whichever exception: the host's mistake, or no memory that can be used.
    private static void AssertRefused(Action change)
    {
        Exception? thrown = Record.Exception(change);
        Assert.True(thrown is InvalidOperationException or PageTableException, $"It was not refused: {thrown}");
    }

    private static PageAttributes Attributes(PageTableEditor editor)
        => new(editor.Table.Format.RightsFor(MemoryAccess.ReadWrite), editor.Table.Format.OrdinaryMemory);

    private static PageTableFormat With36Bits(string name) => name switch
    {
        "x64" => PageTableFormat.X64(new X64Options { PhysicalAddressBits = 36 }),
        "ept" => PageTableFormat.Ept(new EptOptions { PhysicalAddressBits = 36 }),
        "aarch64 stage 1" => PageTableFormat.AArch64Stage1(new AArch64Stage1Options { OutputBits = 36 }),
        "aarch64 stage 2" => PageTableFormat.AArch64Stage2(new AArch64Stage2Options { OutputBits = 36, InputBits = 39 }),
        _ => PageTableFormat.RiscV(new RiscVOptions { PhysicalAddressBits = 36 }),
    };
}
