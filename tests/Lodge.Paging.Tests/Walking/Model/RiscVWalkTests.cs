using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Generated tables, and every access on them: the walker does what <see cref="RiscVOracle"/> says.</summary>
public sealed class RiscVWalkTests
{
    public static TheoryData<string> Variants => WalkVariants.Names("riscv");

    [Theory]
    [MemberData(nameof(Variants))]
    public void WalksThatOnlyLook_DoWhatTheManualSays(string variant) => WalkModel.Check(variant, AccessedDirty.Ignore);

    [Theory]
    [MemberData(nameof(Variants))]
    public void WalksOfAProcessorThatKeepsTheFlags_DoWhatTheManualSays(string variant)
        => WalkModel.Check(variant, AccessedDirty.Update);

    [Theory]
    [MemberData(nameof(Variants))]
    public void WalksOfAProcessorThatLeavesTheFlagsToSoftware_DoWhatTheManualSays(string variant)
        => WalkModel.Check(variant, AccessedDirty.Require);
}
