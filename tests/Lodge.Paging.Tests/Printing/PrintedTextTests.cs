using System.Globalization;
using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>The exact texts.</summary>
public sealed class PrintedTextTests : IDisposable
{
    private readonly GuestMemory _memory = GuestMemory.Anonymous(1 << 20);
    private readonly PageTableEditor _editor;
    private readonly PageWalker _walker;

    public PrintedTextTests()
    {
        _editor = new PageTableEditor(_memory, PageTableFormat.X64FourLevels, new FrameAllocator(new GuestRange(0x1000, 0x1_0000)));
        _walker = new PageWalker(_memory, TranslationRegime.Of(_editor.Table));
        _editor.Map(new GuestRange(0x40_0000, 0x3000), 0x8_0000, MemoryAccess.ReadExecute, Privilege.User);
        _editor.Map(new GuestRange(0xffff_ffff_8000_0000, 0x40_0000), 0x100_0000, MemoryAccess.ReadWrite);
    }

    [Fact]
    public void Walk_ThatEndsAtAPage()
        => AssertText(
            """
            0x401234  x86-64, 4 levels at 0x1000
              level 4  [   0] at 0x000000001000  0x0000000000002027  table 0x2000, leaves rwx/rwx
              level 3  [   0] at 0x000000002000  0x0000000000003027  table 0x3000, leaves rwx/rwx
              level 2  [   2] at 0x000000003010  0x0000000000004027  table 0x4000, leaves rwx/rwx
              level 1  [   1] at 0x000000004008  0x0000000000081065  page 0x81000, r-x/r-x, WriteBack
              => 0x81234, 4 KiB page, r-x/r-x, WriteBack

            """,
            PageTablePrinter.Print(_walker.Walk(0x40_1234)));

    [Fact]
    public void Walk_ThatEndsAtNothing()
        => AssertText(
            """
            0x600000  x86-64, 4 levels at 0x1000
              level 4  [   0] at 0x000000001000  0x0000000000002027  table 0x2000, leaves rwx/rwx
              level 3  [   0] at 0x000000002000  0x0000000000003027  table 0x3000, leaves rwx/rwx
              level 2  [   3] at 0x000000003018  0x0000000000000000  not present
              => 0x600000: the level-2 entry 0x0 at 0x3018 is not present.

            """,
            PageTablePrinter.Print(_walker.Walk(0x60_0000)));

    [Fact]
    public void Walk_ThatIsNone()
        => AssertText(
            """
            0x800000000000  x86-64, 4 levels at 0x1000
              => 0x800000000000 is no address that is translated.

            """,
            PageTablePrinter.Print(_walker.Walk(0x8000_0000_0000)));

    [Fact]
    public void Mappings_WithTheirSum()
        => AssertText(
            """
            0000000000400000-0000000000402fff      12 KiB -> 000000080000 r-x/r-x WriteBack
            ffffffff80000000-ffffffff803fffff       4 MiB -> 000001000000 rw-/--- WriteBack
            2 ranges, 4108 KiB, in 6 tables

            """,
            Print(MappedRangesOptions.Default));

    [Fact]
    public void Mappings_CutShort()
        => AssertText(
            """
            0000000000400000-0000000000402fff      12 KiB -> 000000080000 r-x/r-x WriteBack
            1 range, 12 KiB, in 4 tables
            cut short at 0xffffff8000000000

            """,
            Print(new MappedRangesOptions { MostTables = 4 }));

    public void Dispose() => _memory.Dispose();

    private string Print(MappedRangesOptions options)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        PageTablePrinter.Write(writer, _walker.GetMappedRanges(options));
        return writer.ToString();
    }

    // Lines end as the writer ends them, and these as the checkout does.
    private static void AssertText(string expected, string actual)
        => Assert.Equal(expected.ReplaceLineEndings("\n"), actual.ReplaceLineEndings("\n"));
}
