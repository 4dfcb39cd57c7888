using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>What a format says of an entry, compared with what a manual says.</summary>
internal static class EntryAssert
{
    /// <summary>Rights are as <see cref="PageRights.ToString"/> writes them; flags are letters: g global, a accessed, d dirty,
    /// p ignores the guest's memory type.</summary>
    public static void IsPage(
        PageTableFormat format, int level, ulong entry, ulong target, string rights, MemoryType type, string flags)
    {
        Assert.Equal(EntryKind.Page, format.KindOf(level, entry));
        Assert.Equal(new GuestAddress(target), format.TargetOf(level, entry));
        PageAttributes attributes = format.AttributesOf(level, entry);
        Assert.Equal(rights, attributes.Rights.ToString());
        Assert.Equal(type, attributes.MemoryType);
        Assert.Equal(flags, FlagsOf(attributes));
    }

    public static void IsTable(PageTableFormat format, int level, ulong entry, ulong target)
    {
        Assert.Equal(EntryKind.Table, format.KindOf(level, entry));
        Assert.Equal(new GuestAddress(target), format.TargetOf(level, entry));
    }

    public static void Encodes(PageTableFormat format, int level, ulong target, PageAttributes attributes, ulong entry)
    {
        Assert.True(format.TryEncodePage(level, target, attributes, out ulong encoded), $"{format}: {attributes} is refused");
        Assert.Equal($"0x{entry:x}", $"0x{encoded:x}");
    }

    public static void EncodesTable(PageTableFormat format, int level, ulong target, ulong entry)
    {
        Assert.True(format.TryEncodeTable(level, target, out ulong encoded));
        Assert.Equal($"0x{entry:x}", $"0x{encoded:x}");
    }

    private static string FlagsOf(PageAttributes attributes)
        => (attributes.IsGlobal ? "g" : "") + (attributes.IsAccessed ? "a" : "") + (attributes.IsDirty ? "d" : "")
            + (attributes.IgnoresGuestType ? "p" : "");
}
