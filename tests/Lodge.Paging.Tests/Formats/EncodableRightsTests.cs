using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Which rights each format has, as the manuals list them: no fewer, and no more.</summary>
public sealed class EncodableRightsTests
{
    private const string X64Rights = "r--/--- r--/r-- rw-/--- rw-/rw- r-x/--- r-x/r-x rwx/--- rwx/rwx";
    private const string EptRights = "r--/r-- rw-/rw- --x/--x r-x/r-x rwx/rwx";
    private const string Stage1Rights
        = "r--/--- r--/r-- rw-/--- rw-/rw- r--/--x r--/r-x rw-/--x rw-/rwx "
        + "r-x/--- r-x/r-- rwx/--- rwx/rw- r-x/--x r-x/r-x rwx/--x rwx/rwx";

    private const string Stage2Rights = "---/--- r--/r-- -w-/-w- rw-/rw- --x/--x r-x/r-x -wx/-wx rwx/rwx";
    private const string RiscVRights = "r--/--- rw-/--- --x/--- r-x/--- rwx/--- r--/r-- rw-/rw- ---/--x r--/r-x rw-/rwx";

    public static TheoryData<string, PageTableFormat, string> Rights => new()
    {
        { "x86-64", PageTableFormat.X64FourLevels, X64Rights },
        { "x86-64, 5 levels", PageTableFormat.X64FiveLevels, X64Rights },
        { "x86-64 without NX", PageTableFormat.X64(new X64Options { NoExecute = false }), "r-x/--- r-x/r-x rwx/--- rwx/rwx" },
        { "EPT", PageTableFormat.EptFourLevels, EptRights },
        { "EPT, 5 levels, A/D", PageTableFormat.Ept(new EptOptions { FiveLevels = true, AccessedDirty = true }), EptRights },
        {
            "EPT without execute-only", PageTableFormat.Ept(new EptOptions { ExecuteOnly = false }),
            "r--/r-- rw-/rw- r-x/r-x rwx/rwx"
        },
        {
            "EPT, mode-based execute", PageTableFormat.Ept(new EptOptions { ModeBasedExecute = true }),
            "r--/r-- rw-/rw- r-x/r-- rwx/rw- r--/r-x rw-/rwx r-x/r-x rwx/rwx --x/--- ---/--x --x/--x"
        },
        {
            "EPT, mode-based execute without execute-only",
            PageTableFormat.Ept(new EptOptions { ModeBasedExecute = true, ExecuteOnly = false }),
            "r--/r-- rw-/rw- r-x/r-- rwx/rw- r--/r-x rw-/rwx r-x/r-x rwx/rwx"
        },
        { "AArch64", PageTableFormat.AArch64Stage1(new AArch64Stage1Options()), Stage1Rights },
        {
            "AArch64, HA HD",
            PageTableFormat.AArch64Stage1(new AArch64Stage1Options { HardwareAccessFlag = true, HardwareDirty = true }),
            Stage1Rights
        },
        {
            "AArch64, 64 KiB, wide",
            PageTableFormat.AArch64Stage1(
                new AArch64Stage1Options { Granule = AArch64Granule.Size64K, WideAddresses = true }), Stage1Rights
        },
        { "AArch64 stage 2", PageTableFormat.AArch64Stage2(new AArch64Stage2Options()), Stage2Rights },
        {
            "AArch64 stage 2, HA HD",
            PageTableFormat.AArch64Stage2(
                new AArch64Stage2Options { HardwareAccessFlag = true, HardwareDirty = true }), Stage2Rights
        },
        {
            "AArch64 stage 2, XNX", PageTableFormat.AArch64Stage2(new AArch64Stage2Options { ExecuteNeverExtension = true }),
            $"{Stage2Rights} --x/--- r-x/r-- -wx/-w- rwx/rw- ---/--x r--/r-x -w-/-wx rw-/rwx"
        },
        { "Sv39", PageTableFormat.Sv39, RiscVRights },
        { "Sv57", PageTableFormat.Sv57, RiscVRights },
        { "Sv39x4", PageTableFormat.Sv39x4, "---/--- r--/r-- rw-/rw- --x/--x r-x/r-x rwx/rwx" },
    };

    [Theory]
    [MemberData(nameof(Rights), DisableDiscoveryEnumeration = true)]
    public void EncodableRights_AreThoseOfTheManual_OnEveryLevel(string name, PageTableFormat format, string expected)
    {
        foreach (PageTableLevel level in format.Levels.Where(level => level.CanMapPages))
        {
            var encodable = new List<string>();
            foreach (PageRights rights in EveryRights())
            {
                // A page that nobody may write has no clean state on AArch64, and needs none.
                if (format.TryEncodePage(level.Number, 0, new PageAttributes(rights, format.OrdinaryMemory), out _))
                    encodable.Add(rights.ToString());
            }

            Assert.Equal($"{name}: {Sorted(expected.Split(' '))}", $"{name}: {Sorted(encodable)}");
        }
    }

    // With hardware that keeps the dirty state, what may be written can be clean; what may not be written is neither.
    [Fact]
    public void CleanPages_OfAArch64_AreThoseThatCanBeWritten()
    {
        var first = PageTableFormat.AArch64Stage1(new AArch64Stage1Options { HardwareAccessFlag = true, HardwareDirty = true });
        var second = PageTableFormat.AArch64Stage2(new AArch64Stage2Options { HardwareAccessFlag = true, HardwareDirty = true });
        foreach (string rights in Stage1Rights.Split(' '))
            Assert.Equal(rights[1] == 'w', CanBeClean(first, rights));

        foreach (string rights in Stage2Rights.Split(' '))
            Assert.Equal(rights[1] == 'w', CanBeClean(second, rights));
    }

    private static bool CanBeClean(PageTableFormat format, string name)
    {
        PageRights rights = EveryRights().Single(rights => rights.ToString() == name);
        return format.TryEncodePage(1, 0, new PageAttributes(rights) { IsDirty = false }, out _);
    }

    private static IEnumerable<PageRights> EveryRights()
    {
        for (int bits = 0; bits < 64; bits++)
            yield return new PageRights((MemoryAccess)(bits & 7), (MemoryAccess)(bits >> 3));
    }

    private static string Sorted(IEnumerable<string> rights) => string.Join(" ", rights.Order(StringComparer.Ordinal));
}
