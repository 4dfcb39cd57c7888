using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Large pages that are changed in part: what is not touched stays what it was, to the last bit.</summary>
public sealed class SplittingTests : IDisposable
{
    private const ulong Size = 8 << 20;
    private const ulong Root = 0x1000;

    private readonly GuestMemory _memory = GuestMemory.Anonymous(Size);
    private readonly WatchfulAllocator _frames = new(0x10_0000, 0x10_0000);

    // The manuals leave these to the system, or give them a meaning that an address space cannot know.
    [Theory]
    [InlineData("x64 4 levels", 9, "available")]
    [InlineData("x64 4 levels", 11, "available")]
    [InlineData("x64 4 levels", 52, "available")]
    [InlineData("x64 4 levels", 58, "available")]
    [InlineData("x64 4 levels", 59, "protection key")]
    [InlineData("x64 4 levels", 62, "protection key")]
    [InlineData("ept 4 levels", 11, "ignored")]
    [InlineData("ept 4 levels", 52, "ignored")]
    [InlineData("ept 4 levels", 63, "suppress #VE")]
    [InlineData("aarch64 stage 1, Size4K, 48 bits", 5, "NS")]
    [InlineData("aarch64 stage 1, Size4K, 48 bits", 50, "GP, guarded page")]
    [InlineData("aarch64 stage 1, Size4K, 48 bits", 55, "software")]
    [InlineData("aarch64 stage 1, Size4K, 48 bits", 58, "software")]
    [InlineData("riscv Sv39", 8, "RSW")]
    [InlineData("riscv Sv39", 9, "RSW")]
    public void Split_KeepsBitsThatItDoesNotKnow(string name, int bit, string meaning)
    {
        PageTableFormat format = FormatCases.Get(name).Format;
        PageAttributes attributes = new(format.RightsFor(MemoryAccess.ReadWrite), format.OrdinaryMemory);
        PageTableEditor editor = WithLargePage(format, LargePage(format, attributes) | (1UL << bit));

        editor.Unmap(new GuestRange(0x1000, 0x1000));
        foreach (ulong address in (ulong[])[0, 0x2000, 0x1f_f000])
        {
            ulong entry = EntryOf(editor, address);
            Assert.True((entry & (1UL << bit)) != 0, $"{meaning}, bit {bit}: 0x{entry:x} for 0x{address:x}");
        }
    }

    // Several indices can be of types that have one name here: what is mixed, tagged, or allocates differently.
    [Theory]
    [MemberData(nameof(TypeIndices))]
    public void Split_KeepsTheIndexOfTheMemoryType(string name, int lowBit, int index)
    {
        PageTableFormat format = FormatCases.Get(name).Format;
        ulong mask = (name.Contains("stage 2", StringComparison.Ordinal) ? 15UL : 7UL) << lowBit;
        PageAttributes attributes = new(format.RightsFor(MemoryAccess.ReadWrite), format.OrdinaryMemory);
        ulong large = (LargePage(format, attributes) & ~mask) | ((ulong)index << lowBit);
        PageTableEditor editor = WithLargePage(format, large);

        editor.Unmap(new GuestRange(0x1000, 0x1000));
        Assert.Equal(index, (int)((EntryOf(editor, 0) & mask) >> lowBit));
    }

    public static TheoryData<string, int, int> TypeIndices()
    {
        var data = new TheoryData<string, int, int>();
        foreach (int index in Enumerable.Range(0, 8))
            data.Add("aarch64 stage 1, Size4K, 36 bits, MAIR of each kind", 2, index);

        foreach (int index in Enumerable.Range(0, 16))
            data.Add("aarch64 stage 2, Size4K, 40 bits", 2, index);

        return data;
    }

    // The memory type's index is split on x86-64: its highest bit is bit 12 of large pages, and bit 7 of small ones.
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    public void Split_MovesThePatBit(int index)
    {
        PageTableFormat format = PageTableFormat.X64FourLevels;
        ulong low = (ulong)(index & 3) << 3;
        PageTableEditor editor = WithLargePage(format, 0x40_0000 | 0x1e3 | low | ((ulong)(index >> 2) << 12));

        editor.Unmap(new GuestRange(0x1000, 0x1000));
        Assert.Equal($"0x{0x40_0000 | 0x163 | low | ((ulong)(index >> 2) << 7):x}", $"0x{EntryOf(editor, 0):x}");
    }

    // Both ends of the range lie in one page: one table takes its place.
    [Fact]
    public void Unmap_InTheMiddleOfALargePage_NeedsOneTableAndNoMore()
    {
        PageTableFormat format = PageTableFormat.X64FourLevels;
        PageTableEditor editor = WithLargePage(format, LargePage(format, new PageAttributes(format.RightsFor(MemoryAccess.Read))));
        _frames.Remaining = 1;

        Assert.True(editor.TryUnmap(new GuestRange(0x1000, 0x1000), null, out PageEditFailure failure), failure.ToString());
        Assert.Equal(1, _frames.InUse);
    }

    public void Dispose() => _memory.Dispose();

    private static ulong LargePage(PageTableFormat format, PageAttributes attributes)
    {
        Assert.True(format.TryEncodePage(2, 0x40_0000, attributes, out ulong entry));
        return entry;
    }

    /// <summary>An editor of tables that somebody else made: one page of 2 MiB at address 0.</summary>
    private PageTableEditor WithLargePage(PageTableFormat format, ulong entry)
    {
        var table = new PageTable(format, Root);
        ulong at = table.Root.Value;
        for (int number = format.Levels.Length; number > 2; number--)
        {
            ulong next = Root + (0x4000 * (ulong)number);
            Assert.True(format.TryEncodeTable(number, next, out ulong link));
            _memory.Write(at, link);
            at = next;
        }

        _memory.Write(at, entry);
        return PageTableEditor.Open(_memory, table, _frames);
    }

    private ulong EntryOf(PageTableEditor editor, ulong address)
        => NaiveTables.Find(_memory, editor.Table, address, 1)?.Entry ?? throw new InvalidOperationException("The page was not split.");
}
