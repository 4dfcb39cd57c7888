using System.Globalization;
using Xunit;

namespace Lodge.Paging.Tests;

public sealed class PageTablePrinterTests : IDisposable
{
    private readonly GuestMemory _memory = GuestMemory.Anonymous(1 << 20);

    // Dumps are compared and searched: they are the same on all machines.
    [Fact]
    public void Write_WhereNumbersAreWrittenOtherwise_IsTheSame()
    {
        // Many tables, and nothing in them.
        for (ulong table = 0x1000; table < 0x4000; table += 0x1000)
        {
            for (ulong i = 0; i < 512; i++)
                _memory.Write(table + (i * 8), table + 0x1003);
        }

        var regime = TranslationRegime.Of(new PageTable(PageTableFormat.X64FourLevels, 0x1000));
        MappedRanges Ranges() => new PageWalker(_memory, regime).GetMappedRanges(new MappedRangesOptions { MostTables = 1500 });
        string usual = WriteIn(CultureInfo.InvariantCulture, Ranges());
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NumberGroupSeparator = "'";
        other.NumberFormat.NegativeSign = "~";

        Assert.Contains("1,500 tables", usual, StringComparison.Ordinal);
        Assert.Equal(usual, WriteIn(other, Ranges()));
    }

    public void Dispose() => _memory.Dispose();

    private static string WriteIn(CultureInfo culture, MappedRanges ranges)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            using var writer = new StringWriter(CultureInfo.InvariantCulture);
            PageTablePrinter.Write(writer, ranges);
            return writer.ToString();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
