using Xunit;

namespace Lodge.Memory.Tests;

public sealed class IommuTranslateTests
{
    private readonly IommuMemory _memory = new(GuestMemory.Empty, new Iotlb());

    [Fact]
    public void Translate_OverSeveralMappings_GivesTheirTargetsInOrder()
    {
        Map(0x1000, 0x1000, 0x5000);
        Map(0x2000, 0x1000, 0x2000);
        Map(0x3000, 0x1000, 0x9000);
        var targets = new GuestRange[3];

        Assert.True(_memory.TryTranslate(new GuestRange(0x1800, 0x2000), MemoryAccess.Read, targets, out int count, out AccessFault fault));

        Assert.Equal(default, fault);
        Assert.Equal(3, count);
        Assert.Equal([new(0x5800, 0x800), new(0x2000, 0x1000), new(0x9000, 0x800)], targets);
    }

    [Fact]
    public void Translate_OverMappingsToNeighbouringTargets_JoinsThem()
    {
        Map(0x1000, 0x1000, 0x5000);
        Map(0x2000, 0x1000, 0x6000);
        Map(0x3000, 0x1000, 0x4000);
        var targets = new GuestRange[2];

        Assert.True(_memory.TryTranslate(new GuestRange(0x1000, 0x3000), MemoryAccess.Read, targets, out int count, out _));

        Assert.Equal(2, count);
        Assert.Equal([new(0x5000, 0x2000), new(0x4000, 0x1000)], targets);
    }

    [Fact]
    public void Translate_ToTargetsAtTheTopAndAtZero_DoesNotJoinThemAround2To64()
    {
        Map(0x1000, 0x1000, ulong.MaxValue - 0xfff);
        Map(0x2000, 0x1000, 0);
        var targets = new GuestRange[2];

        Assert.True(_memory.TryTranslate(new GuestRange(0x1000, 0x2000), MemoryAccess.Read, targets, out int count, out _));

        Assert.Equal(2, count);
        Assert.Equal([new(ulong.MaxValue - 0xfff, 0x1000), new(0, 0x1000)], targets);
    }

    [Fact]
    public void Translate_WithAHole_GivesNothingAndNamesTheHole()
    {
        Map(0x1000, 0x1000, 0x5000);
        Map(0x3000, 0x1000, 0x9000);
        var targets = new GuestRange[4];

        Assert.False(_memory.TryTranslate(new GuestRange(0x1800, 0x2000), MemoryAccess.Read, targets, out int count, out AccessFault fault));

        Assert.Equal(0, count);
        Assert.Equal(new AccessFault(FaultKind.NotPresent, 0x2000, 0x1800, MemoryAccess.Read), fault);
    }

    [Fact]
    public void Translate_WithOneMappingThatLacksARight_IsAPermissionFaultThere()
    {
        Map(0x1000, 0x1000, 0x5000);
        Map(0x2000, 0x1000, 0x8000, MemoryAccess.Read);

        Assert.False(_memory.TryTranslate(
            new GuestRange(0x1000, 0x2000), MemoryAccess.Write, new GuestRange[4], out int count, out AccessFault fault));

        Assert.Equal(0, count);
        Assert.Equal(new AccessFault(FaultKind.Permission, 0x2000, 0x1000, MemoryAccess.Write, MemoryAccess.Read), fault);
    }

    [Fact]
    public void Translate_WithTooLittleRoom_SaysHowMuchIsNeeded()
    {
        Map(0x1000, 0x1000, 0x5000);
        Map(0x2000, 0x1000, 0x2000);
        Map(0x3000, 0x1000, 0x9000);
        var range = new GuestRange(0x1000, 0x3000);

        Assert.False(_memory.TryTranslate(range, MemoryAccess.Read, new GuestRange[2], out int count, out AccessFault fault));
        Assert.Equal(3, count);
        Assert.Equal(FaultKind.None, fault.Kind);
        Assert.True(_memory.TryTranslate(range, MemoryAccess.Read, new GuestRange[count], out _, out _));
    }

    [Fact]
    public void Translate_OfNothing_GivesNothing()
    {
        Assert.True(_memory.TryTranslate(new GuestRange(0x1000, 0), MemoryAccess.All, [], out int count, out AccessFault fault));
        Assert.Equal(0, count);
        Assert.Equal(default, fault);
    }

    [Fact]
    public void Translate_UpToTheTop_EndsThere()
    {
        Map(ulong.MaxValue - 0xfff, 0x1000, 0x5000);
        var targets = new GuestRange[1];
        Assert.True(_memory.TryTranslate(
            new GuestRange(ulong.MaxValue - 0x7ff, 0x800), MemoryAccess.Read, targets, out int count, out _));
        Assert.Equal(1, count);
        Assert.Equal(new GuestRange(0x5800, 0x800), targets[0]);
    }

    private void Map(ulong start, ulong length, ulong target, MemoryAccess rights = MemoryAccess.All)
        => Assert.True(_memory.Iotlb.TryMap(new IommuMapping(new GuestRange(start, length), target, rights)));
}
