using Xunit;

namespace Lodge.Memory.Tests;

public sealed class AccessAuditTests : IDisposable
{
    private readonly RecordingAudit _audit = new();
    private readonly GuestMemory _memory;

    public AccessAuditTests()
        => _memory = GuestMemory.Create(
            MemoryRegion.Anonymous(0x1000, 0x1000),
            MemoryRegion.Anonymous(0x4000, 0x1000, RegionOptions.ReadOnly)).WithAudit(_audit);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void DeniedAccess_IsReportedOnceWithItsFault()
    {
        Assert.False(_memory.TryWrite(0x4010, 1U, out AccessFault first));
        Assert.False(_memory.TryRead<ulong>(0x1ffc, out _, out AccessFault second));
        Assert.False(_memory.TryReadExactly(0x1800, new byte[0x1000], out AccessFault third));
        Assert.Equal(
            [new AccessDenial(first, 0), new AccessDenial(second, 0), new AccessDenial(third, 0)], _audit.Denials);
        Assert.Equal(FaultKind.Permission, first.Kind);
    }

    [Fact]
    public void AllowedAccessesAndQuestions_AreNotReported()
    {
        _memory.Write(0x1000, 1UL);
        _memory.Read(0x1000, new byte[0x1000]);
        Assert.False(_memory.IsAccessible(new GuestRange(0, 0x10000), MemoryAccess.Read));
        Assert.Empty(_audit.Denials);
    }

    [Fact]
    public void AllowedAccesses_OfAnAuditedMap_AllocateNothing()
    {
        var bytes = new byte[256];
        Allocations.AssertNone(() => Use(bytes));
        Assert.Empty(_audit.Denials);
    }

    [Fact]
    public void DeniedAccesses_ThatNobodyAuditsOrCounts_AllocateNothing()
    {
        using GuestMemory memory = GuestMemory.Anonymous(0x1000);
        Allocations.AssertNone(() => memory.TryRead<uint>(0x9000, out _, out _));
    }

    [Fact]
    public void MapsMadeOfAnAuditedOne_AreAudited()
    {
        using MemoryRegion more = MemoryRegion.Anonymous(0x8000, 0x1000);
        _memory.With(more).TryRead<uint>(0x9000, out _, out _);
        _memory.Without(new GuestRange(0x4000, 0x1000)).TryRead<uint>(0x4000, out _, out _);
        new LiveGuestMemory(_memory).TryRead<uint>(0, out _, out _);
        Assert.Equal([0x9000UL, 0x4000UL, 0UL], _audit.Denials.Select(static denial => denial.Fault.Address.Value));
    }

    [Fact]
    public void View_ReportsWhatItDeniesInItsOwnAddresses()
    {
        var audit = new RecordingAudit();
        SpaceView view = SpaceView.Of(_memory, new GuestRange(0x1000, 0x1000), MemoryAccess.Read, 0, audit);
        Assert.False(view.TryWrite(0x10, 1U, out AccessFault first));
        Assert.False(view.TryRead<uint>(0x1000, out _, out AccessFault second));
        view.TryRead<uint>(0x10, out _, out _);

        SpaceView child = SpaceView.Of(view, new GuestRange(0, 0x100), MemoryAccess.Read);
        Assert.False(child.TryRead<uint>(0x100, out _, out AccessFault third));
        view.Revoke();
        Assert.False(view.TryRead<uint>(0x10, out _, out AccessFault fourth));

        Assert.Equal(FaultKind.Revoked, fourth.Kind);
        Assert.Equal([first, second, third, fourth], audit.Denials.Select(static denial => denial.Fault));
        Assert.Empty(_audit.Denials);
    }

    [Fact]
    public void Iommu_ReportsWhatItDeniesInIoVirtualAddresses()
    {
        var audit = new RecordingAudit();
        var iommu = new IommuMemory(_memory, new Iotlb(), audit: audit);
        Assert.False(iommu.TryRead<uint>(0x7000, out _, out AccessFault first));
        Assert.True(iommu.Iotlb.TryMap(new IommuMapping(new GuestRange(0x7000, 0x1000), 0x1000, MemoryAccess.Read)));
        Assert.False(iommu.TryWrite(0x7000, 1U, out AccessFault second));
        Assert.True(iommu.TryRead<uint>(0x7000, out _, out _));
        Assert.Equal([first, second], audit.Denials.Select(static denial => denial.Fault));
        Assert.Empty(_audit.Denials);
    }

    [Fact]
    public void AuditThatThrows_ReachesTheCallerOfTheAccess()
    {
        GuestMemory memory = _memory.WithAudit(new ThrowingAudit());
        Assert.Throws<TimeoutException>(() => memory.TryRead<uint>(0, out _, out _));
        Assert.Equal(0U, memory.Read<uint>(0x1000));
    }

    [Fact]
    public void NoAudit_IsMisuse() => Assert.Throws<ArgumentNullException>(() => _memory.WithAudit(null!));

    private void Use(byte[] bytes)
    {
        _memory.Write(0x1000, 1UL);
        _memory.Read<ulong>(0x1000);
        _memory.Read(0x1000, bytes);
        _memory.FetchAdd(0x1000, 1UL);
    }

    private sealed class ThrowingAudit : IAccessAudit
    {
        public void OnDenied(in AccessDenial denial) => throw new TimeoutException();
    }
}
