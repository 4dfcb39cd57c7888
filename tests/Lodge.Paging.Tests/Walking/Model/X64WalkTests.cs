using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Generated tables, and every access on them: the walker does what <see cref="X64Oracle"/> says.</summary>
public sealed class X64WalkTests
{
    public static TheoryData<string> Variants => WalkVariants.Names("x64");

    [Theory]
    [MemberData(nameof(Variants))]
    public void WalksThatOnlyLook_DoWhatTheManualSays(string variant) => WalkModel.Check(variant, AccessedDirty.Ignore);

    [Theory]
    [MemberData(nameof(Variants))]
    public void WalksOfAProcessorThatKeepsTheFlags_DoWhatTheManualSays(string variant)
        => WalkModel.Check(variant, AccessedDirty.Update);
}
