using Xunit;

namespace Lodge.Memory.Tests;

public sealed class IommuMissTests : IDisposable
{
    // The number of asks for one access is a choice; that it is a small number is the promise.
    private const int FewAsks = 8;

    private readonly GuestMemory _physical = GuestMemory.Anonymous(0x10000);
    private readonly Iotlb _iotlb = new();

    public void Dispose() => _physical.Dispose();

    [Fact]
    public void Miss_IsAskedForOnceAndThenKnown()
    {
        var iommu = new ScriptedIommu((address, _) => Page(address, 0x4000));
        var memory = new IommuMemory(_physical, _iotlb, iommu);
        _physical.Write(0x4010, 0xdeadU);

        Assert.Equal(0xdeadU, memory.Read<uint>(0x9010));
        Assert.Equal(0xdeadU, memory.Read<uint>(0x9010));

        Assert.Equal(1, iommu.Asked);
    }

    [Fact]
    public void Miss_InTheMiddleOfAnAccess_IsAskedForThere()
    {
        var asked = new List<ulong>();
        var iommu = new ScriptedIommu((address, _) =>
        {
            asked.Add(address.Value);
            return Page(address, 0x2000 + (2 * (address.Value & 0xf000)));
        });
        var memory = new IommuMemory(_physical, _iotlb, iommu);

        memory.WriteExactly(0x0800, new byte[0x2000]);

        Assert.Equal([0x800UL, 0x1000UL, 0x2000UL], asked);
    }

    [Fact]
    public void Miss_NobodyAnswers_IsANotPresentFaultAfterOneAsk()
    {
        var iommu = new ScriptedIommu((_, _) => null);
        var memory = new IommuMemory(_physical, _iotlb, iommu);

        Assert.False(memory.TryRead<uint>(0x9010, out _, out AccessFault fault));

        Assert.Equal(new AccessFault(FaultKind.NotPresent, 0x9010, 4, MemoryAccess.Read), fault);
        Assert.Equal(1, iommu.Asked);
    }

    [Fact]
    public void Miss_AnsweredWithAMappingThatDoesNotHoldTheAddress_EndsInAFault()
    {
        var iommu = new ScriptedIommu((_, _) => new IommuMapping(new GuestRange(0x1000, 0x1000), 0x4000, MemoryAccess.All));
        var memory = new IommuMemory(_physical, _iotlb, iommu);

        Assert.False(memory.TryRead<uint>(0x9010, out _, out AccessFault fault));

        Assert.Equal(FaultKind.NotPresent, fault.Kind);
        Assert.InRange(iommu.Asked, 1, FewAsks);
    }

    [Theory]
    [InlineData(0x9000UL, 0UL, 0x4000UL)]
    [InlineData(0x9000UL, 0x1000UL, 0x4001UL)]
    [InlineData(0x9000UL, 0x1001UL, 0xffff_ffff_ffff_f000UL)]
    public void Miss_AnsweredWithAMappingThatIsNone_EndsInAFault(ulong start, ulong length, ulong target)
    {
        var iommu = new ScriptedIommu((_, _) => new IommuMapping(new GuestRange(start, length), target, MemoryAccess.All));
        var memory = new IommuMemory(_physical, _iotlb, iommu);

        Assert.False(memory.TryWrite(0x9000, 1U, out AccessFault fault));

        Assert.Equal(FaultKind.NotPresent, fault.Kind);
        Assert.InRange(iommu.Asked, 1, FewAsks);
        Assert.Equal(0, _iotlb.Count);
    }

    [Fact]
    public void Miss_AnsweredWithFewerRights_IsAPermissionFault()
    {
        var iommu = new ScriptedIommu((address, _) => Page(address, 0x4000, MemoryAccess.Read));
        var memory = new IommuMemory(_physical, _iotlb, iommu);

        Assert.False(memory.TryWrite(0x9010, 1U, out AccessFault fault));

        Assert.Equal(new AccessFault(FaultKind.Permission, 0x9010, 4, MemoryAccess.Write, MemoryAccess.Read), fault);
        Assert.InRange(iommu.Asked, 1, FewAsks);
        Assert.True(memory.TryRead<uint>(0x9010, out _, out _));
        Assert.Equal(0U, _physical.Read<uint>(0x4010));
    }

    [Fact]
    public void KnownMappingWithFewerRights_IsAskedForAgain()
    {
        var iommu = new ScriptedIommu((address, access) => Page(address, 0x4000, MemoryAccess.ReadWrite & (access | MemoryAccess.Read)));
        var memory = new IommuMemory(_physical, _iotlb, iommu);
        Assert.True(memory.TryRead<uint>(0x9010, out _, out _));

        Assert.True(memory.TryWrite(0x9010, 7U, out _));

        Assert.Equal(2, iommu.Asked);
        Assert.Equal(7U, _physical.Read<uint>(0x4010));
    }

    [Fact]
    public void Answer_ThatAnInvalidationOvertook_IsNotKept()
    {
        int turn = 0;
        var iommu = new ScriptedIommu((address, _) =>
        {
            if (turn++ != 0)
                return Page(address, 0x8000);

            // The guest changes its table and says so while the old answer is under way.
            _iotlb.Invalidate(new GuestRange(0x9000, 0x1000));
            return Page(address, 0x4000);
        });
        var memory = new IommuMemory(_physical, _iotlb, iommu);
        _physical.Write(0x4000, 0xbadU);
        _physical.Write(0x8000, 0x900dU);

        Assert.Equal(0x900dU, memory.Read<uint>(0x9000));
        Assert.True(_iotlb.TryLookup(0x9000, out IommuMapping kept));
        Assert.Equal(0x8000UL, kept.Target.Value);
    }

    [Fact]
    public void Answer_ThatIsOvertakenEveryTime_EndsInAFault()
    {
        var iommu = new ScriptedIommu((address, _) =>
        {
            _iotlb.InvalidateAll();
            return Page(address, 0x4000);
        });
        var memory = new IommuMemory(_physical, _iotlb, iommu);

        Assert.False(memory.TryRead<uint>(0x9000, out _, out AccessFault fault));

        Assert.Equal(FaultKind.NotPresent, fault.Kind);
        Assert.InRange(iommu.Asked, 1, FewAsks);
        Assert.Equal(0, _iotlb.Count);
    }

    [Fact]
    public void Answer_ToACacheOfOneMapping_IsUsed()
    {
        var iommu = new ScriptedIommu((address, _) => Page(address, (address.Value & 0x7000) ^ 0x1000));
        var memory = new IommuMemory(_physical, new Iotlb(1), iommu);
        for (ulong page = 0; page < 8; page++)
            _physical.Write(page << 12, page);

        for (ulong i = 0; i < 64; i++)
            Assert.Equal((i & 7) ^ 1, memory.Read<ulong>((i & 7) << 12));
    }

    [Fact]
    public void AnswersThatThrow_ReachTheCaller()
    {
        var iommu = new ScriptedIommu((_, _) => throw new TimeoutException("the peer is gone"));
        var memory = new IommuMemory(_physical, _iotlb, iommu);
        Assert.Throws<TimeoutException>(() => memory.TryRead<uint>(0x9000, out _, out _));
    }

    private static IommuMapping Page(GuestAddress address, ulong target, MemoryAccess rights = MemoryAccess.All)
        => new(new GuestRange(address.AlignDown(0x1000), 0x1000), target, rights);
}
