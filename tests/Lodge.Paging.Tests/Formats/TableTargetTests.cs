using Xunit;

namespace Lodge.Paging.Tests;

public sealed class TableTargetTests
{
    public static TheoryData<string> Formats => FormatCases.Names;

    // Such an entry would be malformed, as a page's is, and no page's is made.
    [Theory]
    [MemberData(nameof(Formats))]
    public void Table_AboveTheOutputSize_IsRefused(string name)
    {
        PageTableFormat format = FormatCases.Get(name).Format;
        ulong end = 1UL << format.OutputBits;
        for (int level = 2; level <= format.Levels.Length; level++)
        {
            foreach (ulong target in (ReadOnlySpan<ulong>)[end, end + format.PageSize.Bytes])
            {
                Assert.False(
                    format.TryEncodeTable(level, target, out ulong entry),
                    $"0x{target:x} became 0x{entry:x}: {format.KindOf(level, entry)}");
                Assert.Equal(0UL, entry);
            }
        }
    }
}
