using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>The rights of somebody's page, as each format can say them.</summary>
public sealed class RightsForTests
{
    // None, r, w, rw, x, rx, wx, rwx: the supervisor's page, then the user's; a dash alone where there is no such page.
    public static TheoryData<string, PageTableFormat, string, string> Pages => new()
    {
        {
            "x86-64", PageTableFormat.X64FourLevels,
            "- r--/--- - rw-/--- - r-x/--- - rwx/---", "- r--/r-- - rw-/rw- - r-x/r-x - rwx/rwx"
        },
        {
            "AArch64", PageTableFormat.AArch64Stage1(new AArch64Stage1Options()),
            "- r--/--- - rw-/--- - r-x/--- - rwx/---", "- r--/r-- - rw-/rw- - r--/r-x - rw-/rwx"
        },
        {
            "AArch64 stage 2", PageTableFormat.AArch64Stage2(new AArch64Stage2Options()),
            "---/--- r--/r-- -w-/-w- rw-/rw- --x/--x r-x/r-x -wx/-wx rwx/rwx",
            "---/--- r--/r-- -w-/-w- rw-/rw- --x/--x r-x/r-x -wx/-wx rwx/rwx"
        },
    };

    [Theory]
    [MemberData(nameof(Pages), DisableDiscoveryEnumeration = true)]
    public void RightsFor_GivesTheNearestThatTheFormatHas(string name, PageTableFormat format, string supervisors, string users)
    {
        Check(name, format, Privilege.Supervisor, supervisors.Split(' '));
        Check(name, format, Privilege.User, users.Split(' '));
    }

    // Pages that can be written but not read are reserved here.
    [Fact]
    public void RightsFor_WhatCanBeRead_OnEptAndRiscV()
    {
        foreach (MemoryAccess access in Enum.GetValues<MemoryAccess>().Where(access => (access & MemoryAccess.Read) != 0))
        {
            foreach (Privilege privilege in Enum.GetValues<Privilege>())
            {
                Assert.Equal(PageRights.Same(access), PageTableFormat.EptFourLevels.RightsFor(access, privilege));
                Assert.Equal(PageRights.Same(access), PageTableFormat.Sv39x4.RightsFor(access, privilege));
            }

            Assert.Equal(new PageRights(access, MemoryAccess.None), PageTableFormat.Sv39.RightsFor(access));
            Assert.Equal(
                new PageRights(access & ~MemoryAccess.Execute, access), PageTableFormat.Sv39.RightsFor(access, Privilege.User));
        }

        Assert.Equal(PageRights.Same(MemoryAccess.Execute), PageTableFormat.EptFourLevels.RightsFor(MemoryAccess.Execute));
        Assert.Equal(
            new PageRights(MemoryAccess.Execute, MemoryAccess.None), PageTableFormat.Sv39.RightsFor(MemoryAccess.Execute));
        Assert.Equal(
            new PageRights(MemoryAccess.None, MemoryAccess.Execute),
            PageTableFormat.Sv39.RightsFor(MemoryAccess.Execute, Privilege.User));
    }

    private static void Check(string name, PageTableFormat format, Privilege privilege, string[] expected)
    {
        for (int access = 0; access < 8; access++)
        {
            bool isThere = format.TryGetRights((MemoryAccess)access, privilege, out PageRights rights);
            Assert.Equal(
                $"{name}, {(MemoryAccess)access}: {expected[access]}",
                $"{name}, {(MemoryAccess)access}: {(isThere ? rights : "-")}");
            if (isThere)
            {
                Assert.Equal(rights, format.RightsFor((MemoryAccess)access, privilege));
                continue;
            }

            ArgumentException exception = Assert.Throws<ArgumentException>(
                () => format.RightsFor((MemoryAccess)access, privilege));
            Assert.Contains(format.Name, exception.Message, StringComparison.Ordinal);
        }
    }
}
