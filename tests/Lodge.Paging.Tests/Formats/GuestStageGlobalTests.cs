using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>"The G bit in all G-stage PTEs is currently not used": software clears it, and hardware ignores it.</summary>
public sealed class GuestStageGlobalTests
{
    [Theory]
    [InlineData(RiscVMode.Sv39)]
    [InlineData(RiscVMode.Sv48)]
    [InlineData(RiscVMode.Sv57)]
    public void GuestStage_HasNoGlobalPages(RiscVMode mode)
    {
        PageTableFormat format = PageTableFormat.RiscV(new RiscVOptions { Mode = mode, GuestStage = true });
        EntryAssert.IsPage(format, 1, 0x2008_00ff, 0x8020_0000, "rwx/rwx", MemoryType.Platform, "ad");
        var attributes = new PageAttributes(PageRights.All, MemoryType.Platform) { IsGlobal = true };
        Assert.False(format.TryEncodePage(1, 0x8020_0000, attributes, out _));
    }
}
