using Xunit;

namespace Lodge.Paging.Tests;

public sealed class PageRightsTests
{
    [Fact]
    public void EveryCombination_IsKept()
    {
        for (int supervisor = 0; supervisor < 8; supervisor++)
        {
            for (int user = 0; user < 8; user++)
            {
                var rights = new PageRights((MemoryAccess)supervisor, (MemoryAccess)user);
                Assert.Equal(((MemoryAccess)supervisor, (MemoryAccess)user), (rights.Supervisor, rights.User));
                Assert.Equal(rights.Supervisor, rights.For(Privilege.Supervisor));
                Assert.Equal(rights.User, rights.For(Privilege.User));
                Assert.Equal(rights, PageRights.All & rights);
                Assert.Equal(rights, PageRights.None | rights);
            }
        }
    }

    [Fact]
    public void Operators_WorkOnEachRight()
    {
        var left = new PageRights(MemoryAccess.ReadWrite, MemoryAccess.Execute);
        var right = new PageRights(MemoryAccess.ReadExecute, MemoryAccess.ReadExecute);
        Assert.Equal(new PageRights(MemoryAccess.Read, MemoryAccess.Execute), left & right);
        Assert.Equal(new PageRights(MemoryAccess.All, MemoryAccess.ReadExecute), left | right);
    }

    [Fact]
    public void BitsThatAreNoAccess_AreDropped()
        => Assert.Equal(PageRights.All, new PageRights((MemoryAccess)0xff, (MemoryAccess)0xff));

    [Fact]
    public void ToString_HasTheSupervisorFirst()
        => Assert.Equal("rw-/--x", new PageRights(MemoryAccess.ReadWrite, MemoryAccess.Execute).ToString());

    [Fact]
    public void DefaultAttributes_AreAccessedAndDirty()
    {
        Assert.True(default(PageAttributes).IsAccessed);
        Assert.True(default(PageAttributes).IsDirty);
        Assert.NotEqual(default, default(PageAttributes) with { IsAccessed = false });
        Assert.NotEqual(default, default(PageAttributes) with { IsDirty = false });
    }
}
