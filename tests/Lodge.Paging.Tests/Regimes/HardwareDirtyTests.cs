using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>TCR_EL1.HD and VTCR_EL2.HD: "hardware management of dirty state enabled, only if the HA bit is also set to
/// 1".</summary>
public sealed class HardwareDirtyTests
{
    private const ulong HdAlone = 1UL << 40;

    [Fact]
    public void Stage1_WithHdAlone_DoesNotManageTheDirtyState()
    {
        PageTableFormat format = TranslationRegime.FromAArch64(
            new AArch64Registers { Tcr = 0x0000_0032_b550_3510 | HdAlone }).Lower!.Format;
        EntryAssert.IsPage(format, 1, 0x0068_0000_4123_4793, 0x4123_4000, "r--/---", MemoryType.WriteBack, "gad");
    }

    [Fact]
    public void Stage2_WithHdAlone_DoesNotManageTheDirtyState()
    {
        PageTableFormat format = TranslationRegime.FromAArch64Stage2(0, 0x8002_3558 | (1 << 22)).Lower!.Format;
        EntryAssert.IsPage(format, 1, 0x0008_0000_8000_077f, 0x8000_0000, "r-x/r-x", MemoryType.WriteBack, "ad");
    }
}
