using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Arm DDI 0487, "MMU fault prioritization": access flag faults come before permission faults, because the flag is
/// looked
/// at in the walk, and the permission after it.</summary>
public sealed class AccessFlagTests
{
    public static TheoryData<string> Stage1 => WalkVariants.Names("aarch64 stage 1");

    public static TheoryData<string> Stage2 => WalkVariants.Names("aarch64 stage 2");

    [Fact]
    public void AArch64_FlagThatIsClear_ComesBeforePermission()
    {
        // Read-only, and not accessed.
        using var chain = new PageChain(PageTableFormat.AArch64Stage1(new AArch64Stage1Options()), 0x0060_0000_1234_5383);
        PageWalkFailure failure = chain.Walker(AccessedDirty.Require).Walk(0, MemoryAccess.Write).Failure;
        Assert.Equal((PageWalkFailureKind.NotAccessed, 1), (failure.Kind, failure.Level));
    }

    [Theory]
    [MemberData(nameof(Stage1))]
    public void Stage1WalksOfAProcessorThatLeavesTheFlagsToSoftware_DoWhatTheManualSays(string variant)
        => WalkModel.Check(variant, AccessedDirty.Require);

    [Theory]
    [MemberData(nameof(Stage2))]
    public void Stage2WalksOfAProcessorThatLeavesTheFlagsToSoftware_DoWhatTheManualSays(string variant)
        => WalkModel.Check(variant, AccessedDirty.Require);
}
