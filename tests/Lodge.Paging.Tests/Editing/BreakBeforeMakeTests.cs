using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Arm DDI 0487, "Using break-before-make when updating translation table entries": which changes need an invalid entry and
/// a TLB invalidation between the old entry and the new.</summary>
public sealed class BreakBeforeMakeTests : IDisposable
{
    private const ulong Page = 0x40_0000;

    private readonly GuestMemory _memory = GuestMemory.Anonymous(4 << 20);

    [Fact]
    public void Protect_ThatChangesTheMemoryType_BreaksBeforeItMakes()
    {
        (PageTableEditor editor, List<EntryKind> seen) = NewEditor();
        PageAttributes before = Mapped(editor).Attributes;
        editor.Protect(new GuestRange(Page, 0x1000), before with { MemoryType = MemoryType.DeviceNGnRe });

        Assert.Contains(EntryKind.NotPresent, seen);
        Assert.Equal(MemoryType.DeviceNGnRe, Mapped(editor).Attributes.MemoryType);
    }

    [Fact]
    public void Protect_ThatMakesAPageGlobal_BreaksBeforeItMakes()
    {
        (PageTableEditor editor, List<EntryKind> seen) = NewEditor();
        editor.Protect(new GuestRange(Page, 0x1000), Mapped(editor).Attributes with { IsGlobal = true });
        Assert.Contains(EntryKind.NotPresent, seen);
    }

    // Permissions may change at once; a page that is missing for a moment would be a fault that nobody expects.
    [Fact]
    public void Protect_ThatChangesRightsAlone_NeverTakesThePageAway()
    {
        (PageTableEditor editor, List<EntryKind> seen) = NewEditor();
        editor.Protect(
            new GuestRange(Page, 0x1000), Mapped(editor).Attributes with { Rights = editor.Table.Format.RightsFor(MemoryAccess.Read) });
        Assert.DoesNotContain(EntryKind.NotPresent, seen);
        Assert.NotEmpty(seen);
    }

    [Fact]
    public void Split_BreaksBeforeItMakes()
    {
        (PageTableEditor editor, _) = NewEditor();
        editor.Map(new GuestRange(0x80_0000, 0x20_0000), 0x80_0000, MemoryAccess.Read);
        var seen = new List<EntryKind>();
        Flushed = () => seen.Add(KindOf(editor, 0x80_0000, 2));
        editor.Protect(new GuestRange(0x80_0000, 0x1000), MemoryAccess.ReadWrite);
        Assert.Equal([EntryKind.NotPresent, EntryKind.Table], seen);
    }

    public void Dispose() => _memory.Dispose();

    private Action? Flushed { get; set; }

    private (PageTableEditor Editor, List<EntryKind> SeenInFlushes) NewEditor()
    {
        var seen = new List<EntryKind>();
        var tlb = new FlushRecorder { Flushed = _ => Flushed?.Invoke() };
        var editor = new PageTableEditor(
            _memory,
            PageTableFormat.AArch64Stage1(AArch64Stage1Options.Default),
            new FrameAllocator(new GuestRange(0, 4 << 20)),
            new PageTableEditorOptions { Tlbs = [tlb] });
        editor.Map(new GuestRange(Page, 0x1000), 0x1000, MemoryAccess.ReadWrite);
        Flushed = () => seen.Add(KindOf(editor, Page, 1));
        return (editor, seen);
    }

    private EntryKind KindOf(PageTableEditor editor, ulong address, int level)
        => editor.Table.Format.KindOf(level, NaiveTables.Find(_memory, editor.Table, address, level)!.Value.Entry);

    private static PageMapping Mapped(PageTableEditor editor)
    {
        Assert.True(editor.TryQuery(Page, out PageMapping mapping));
        return mapping;
    }
}
