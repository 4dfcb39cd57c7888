using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>What is left of a page's rights under a processor's state, as truth tables written by hand.</summary>
public sealed class RulesTests
{
    private const RegimeRules NoWp = RegimeRules.SupervisorIgnoresWriteProtection;
    private const RegimeRules Smep = RegimeRules.SupervisorDoesNotExecuteUserPages;
    private const RegimeRules Smap = RegimeRules.SupervisorDoesNotAccessUserPages;
    private const RegimeRules Arm = RegimeRules.SupervisorDoesNotExecuteUserWritable;
    private const RegimeRules Wxn = RegimeRules.WritableIsNotExecutable;
    private const RegimeRules Pan = RegimeRules.SupervisorDoesNotAccessUserPages;
    private const RegimeRules NoSum = RegimeRules.SupervisorDoesNotAccessUserPages;
    private const RegimeRules Mxr = RegimeRules.ExecutableIsReadable;

    // Intel SDM volume 3A, "Determination of Access Rights". Pages of the supervisor above, of the user below.
    [Theory]
    [InlineData(RegimeRules.None, "r--/--- rw-/--- r-x/--- rwx/---", "r--/--- rw-/--- r-x/--- rwx/---")]
    [InlineData(NoWp, "r--/--- rw-/--- r-x/--- rwx/---", "rw-/--- rw-/--- rwx/--- rwx/---")]
    [InlineData(Smep, "r--/--- rw-/--- r-x/--- rwx/---", "r--/--- rw-/--- r-x/--- rwx/---")]
    [InlineData(Smap, "r--/--- rw-/--- r-x/--- rwx/---", "r--/--- rw-/--- r-x/--- rwx/---")]
    [InlineData(NoWp | Smep | Smap, "r--/--- rw-/--- r-x/--- rwx/---", "rw-/--- rw-/--- rwx/--- rwx/---")]
    [InlineData(RegimeRules.None, "r--/r-- rw-/rw- r-x/r-x rwx/rwx", "r--/r-- rw-/rw- r-x/r-x rwx/rwx")]
    [InlineData(NoWp, "r--/r-- rw-/rw- r-x/r-x rwx/rwx", "rw-/r-- rw-/rw- rwx/r-x rwx/rwx")]
    [InlineData(Smep, "r--/r-- rw-/rw- r-x/r-x rwx/rwx", "r--/r-- rw-/rw- r--/r-x rw-/rwx")]
    [InlineData(Smap, "r--/r-- rw-/rw- r-x/r-x rwx/rwx", "---/r-- ---/rw- --x/r-x --x/rwx")]
    [InlineData(Smep | Smap, "r--/r-- rw-/rw- r-x/r-x rwx/rwx", "---/r-- ---/rw- ---/r-x ---/rwx")]
    [InlineData(NoWp | Smep, "r--/r-- rw-/rw- r-x/r-x rwx/rwx", "rw-/r-- rw-/rw- rw-/r-x rw-/rwx")]
    [InlineData(NoWp | Smap, "r--/r-- rw-/rw- r-x/r-x rwx/rwx", "---/r-- ---/rw- --x/r-x --x/rwx")]
    [InlineData(NoWp | Smep | Smap, "r--/r-- rw-/rw- r-x/r-x rwx/rwx", "---/r-- ---/rw- ---/r-x ---/rwx")]
    public void X64(RegimeRules rules, string pages, string expected) => Check(rules, pages, expected);

    // Arm DDI 0487, "Memory access control". AP[2:1] 00, 10 with their execution bits; then 01; then 11.
    [Theory]
    [InlineData(Arm, "rw-/--- rwx/--- rw-/--x rwx/--x", "rw-/--- rwx/--- rw-/--x rwx/--x")]
    [InlineData(Arm, "r--/--- r-x/--- r--/--x r-x/--x", "r--/--- r-x/--- r--/--x r-x/--x")]
    [InlineData(Arm, "rw-/rw- rwx/rw- rw-/rwx rwx/rwx", "rw-/rw- rw-/rw- rw-/rwx rw-/rwx")]
    [InlineData(Arm, "r--/r-- r-x/r-- r--/r-x r-x/r-x", "r--/r-- r-x/r-- r--/r-x r-x/r-x")]
    [InlineData(Arm | Wxn, "rw-/--- rwx/--- rw-/--x rwx/--x", "rw-/--- rw-/--- rw-/--x rw-/--x")]
    [InlineData(Arm | Wxn, "r--/--- r-x/--- r--/--x r-x/--x", "r--/--- r-x/--- r--/--x r-x/--x")]
    [InlineData(Arm | Wxn, "rw-/rw- rwx/rw- rw-/rwx rwx/rwx", "rw-/rw- rw-/rw- rw-/rw- rw-/rw-")]
    [InlineData(Arm | Wxn, "r--/r-- r-x/r-- r--/r-x r-x/r-x", "r--/r-- r-x/r-- r--/r-x r-x/r-x")]
    [InlineData(Arm | Pan, "rw-/--- rwx/--- rw-/--x rwx/--x", "rw-/--- rwx/--- rw-/--x rwx/--x")]
    [InlineData(Arm | Pan, "r--/--- r-x/--- r--/--x r-x/--x", "r--/--- r-x/--- r--/--x r-x/--x")]
    [InlineData(Arm | Pan, "rw-/rw- rwx/rw- rw-/rwx rwx/rwx", "---/rw- ---/rw- ---/rwx ---/rwx")]
    [InlineData(Arm | Pan, "r--/r-- r-x/r-- r--/r-x r-x/r-x", "---/r-- --x/r-- ---/r-x --x/r-x")]
    [InlineData(Arm | Pan | Wxn, "rw-/rw- rwx/rw- rw-/rwx rwx/rwx", "---/rw- ---/rw- ---/rw- ---/rw-")]
    [InlineData(Arm | Pan | Wxn, "r--/r-- r-x/r-- r--/r-x r-x/r-x", "---/r-- --x/r-- ---/r-x --x/r-x")]
    public void AArch64(RegimeRules rules, string pages, string expected) => Check(rules, pages, expected);

    // The privileged manual, "sstatus" (SUM and MXR) and "Virtual Address Translation Process". U clear above, U set below.
    [Theory]
    [InlineData(RegimeRules.None, "r--/--- rw-/--- --x/--- r-x/--- rwx/---", "r--/--- rw-/--- --x/--- r-x/--- rwx/---")]
    [InlineData(NoSum, "r--/--- rw-/--- --x/--- r-x/--- rwx/---", "r--/--- rw-/--- --x/--- r-x/--- rwx/---")]
    [InlineData(Mxr, "r--/--- rw-/--- --x/--- r-x/--- rwx/---", "r--/--- rw-/--- r-x/--- r-x/--- rwx/---")]
    [InlineData(NoSum | Mxr, "r--/--- rw-/--- --x/--- r-x/--- rwx/---", "r--/--- rw-/--- r-x/--- r-x/--- rwx/---")]
    [InlineData(RegimeRules.None, "r--/r-- rw-/rw- ---/--x r--/r-x rw-/rwx", "r--/r-- rw-/rw- ---/--x r--/r-x rw-/rwx")]
    [InlineData(NoSum, "r--/r-- rw-/rw- ---/--x r--/r-x rw-/rwx", "---/r-- ---/rw- ---/--x ---/r-x ---/rwx")]
    [InlineData(Mxr, "r--/r-- rw-/rw- ---/--x r--/r-x rw-/rwx", "r--/r-- rw-/rw- r--/r-x r--/r-x rw-/rwx")]
    [InlineData(NoSum | Mxr, "r--/r-- rw-/rw- ---/--x r--/r-x rw-/rwx", "---/r-- ---/rw- ---/r-x ---/r-x ---/rwx")]
    public void RiscV(RegimeRules rules, string pages, string expected) => Check(rules, pages, expected);

    [Fact]
    public void None_ChangesNothing()
    {
        TranslationRegime regime = RegimeOf(RegimeRules.None);
        for (int bits = 0; bits < 64; bits++)
        {
            var rights = new PageRights((MemoryAccess)(bits & 7), (MemoryAccess)(bits >> 3));
            Assert.Equal(rights, regime.ApplyRules(rights));
        }
    }

    private static void Check(RegimeRules rules, string pages, string expected)
    {
        TranslationRegime regime = RegimeOf(rules);
        IEnumerable<string> left = pages.Split(' ').Select(page => $"{page}: {regime.ApplyRules(Parse(page))}");
        Assert.Equal(pages.Split(' ').Zip(expected.Split(' '), (page, rights) => $"{page}: {rights}"), left);
    }

    private static TranslationRegime RegimeOf(RegimeRules rules)
        => TranslationRegime.Of(new PageTable(PageTableFormat.X64FourLevels, 0), rules);

    private static PageRights Parse(string text) => new(Access(text[..3]), Access(text[4..]));

    private static MemoryAccess Access(string text)
        => (text[0] == 'r' ? MemoryAccess.Read : 0) | (text[1] == 'w' ? MemoryAccess.Write : 0)
            | (text[2] == 'x' ? MemoryAccess.Execute : 0);
}
