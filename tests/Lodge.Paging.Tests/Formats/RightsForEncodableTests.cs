using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Rights that a format claims to have can be encoded.</summary>
public sealed class RightsForEncodableTests
{
    public static TheoryData<string> Formats => FormatCases.Names;

    [Theory]
    [MemberData(nameof(Formats))]
    public void TryGetRights_GivesOnlyWhatCanBeEncoded(string name)
    {
        FormatCase @case = FormatCases.Get(name);
        for (int access = 0; access < 8; access++)
        {
            foreach (Privilege privilege in Enum.GetValues<Privilege>())
            {
                if (!@case.Format.TryGetRights((MemoryAccess)access, privilege, out PageRights rights))
                    continue;

                // Accessed, dirty, not global: what every format can say.
                var attributes = new PageAttributes(rights, @case.Format.OrdinaryMemory)
                {
                    Shareability = @case.Format.AttributesOf(1, 0x703).Shareability,
                };
                Assert.True(
                    @case.Format.TryEncodePage(1, 0, attributes, out _),
                    $"{(MemoryAccess)access} of {privilege} gives {rights}, which is refused");
            }
        }
    }

    [Fact]
    public void WritableButNotReadable_IsNoPageOfEptAndRiscV()
    {
        foreach (PageTableFormat format in new[] { PageTableFormat.EptFourLevels, PageTableFormat.Sv39, PageTableFormat.Sv39x4 })
        {
            foreach (Privilege privilege in Enum.GetValues<Privilege>())
            {
                Assert.False(format.TryGetRights(MemoryAccess.Write, privilege, out _), format.Name);
                Assert.False(format.TryGetRights(MemoryAccess.Write | MemoryAccess.Execute, privilege, out _), format.Name);
            }
        }
    }

    [Fact]
    public void WithoutNoExecute_X64HasOnlyExecutablePages()
    {
        PageTableFormat format = PageTableFormat.X64(new X64Options { NoExecute = false });
        Assert.False(format.TryGetRights(MemoryAccess.Read, Privilege.Supervisor, out _));
        Assert.False(format.TryGetRights(MemoryAccess.ReadWrite, Privilege.User, out _));
        Assert.True(format.TryGetRights(MemoryAccess.ReadExecute, Privilege.Supervisor, out _));
    }
}
