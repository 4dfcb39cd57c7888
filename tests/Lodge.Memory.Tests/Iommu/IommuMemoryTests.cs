using Xunit;

namespace Lodge.Memory.Tests;

public sealed class IommuMemoryTests : IDisposable
{
    private readonly GuestMemory _physical = GuestMemory.Create(
        MemoryRegion.Anonymous(0, 0x10000),
        MemoryRegion.Anonymous(0x20000, 0x1000, RegionOptions.ReadOnly));

    private readonly IommuMemory _memory;

    public IommuMemoryTests() => _memory = new IommuMemory(_physical, new Iotlb());

    public void Dispose() => _physical.Dispose();

    [Fact]
    public void ReadAndWrite_GoWhereTheMappingLeads()
    {
        Map(0x7f00_0000_1000, 0x1000, 0x3000);
        _memory.Write(0x7f00_0000_1008, 0x1122_3344_5566_7788UL);

        Assert.Equal(0x1122_3344_5566_7788UL, _physical.Read<ulong>(0x3008));
        Assert.Equal(0x1122_3344_5566_7788UL, _memory.Read<ulong>(0x7f00_0000_1008));
        Assert.Equal(0x7788, _memory.Read<ushort>(0x7f00_0000_1008));
    }

    [Fact]
    public void Read_OverScatteredMappings_JoinsThemInOrder()
    {
        Map(0x1000, 0x1000, 0x5000);
        Map(0x2000, 0x1000, 0x2000);
        Map(0x3000, 0x1000, 0x9000);
        byte[] bytes = Bytes(0x3000);

        _memory.WriteExactly(0x1000, bytes);

        Assert.Equal(bytes[..0x1000], ReadPhysical(0x5000, 0x1000));
        Assert.Equal(bytes[0x1000..0x2000], ReadPhysical(0x2000, 0x1000));
        Assert.Equal(bytes[0x2000..], ReadPhysical(0x9000, 0x1000));
        var back = new byte[0x3000];
        _memory.ReadExactly(0x1000, back);
        Assert.Equal(bytes, back);
    }

    [Fact]
    public void Value_AcrossTwoMappings_IsReadAndWrittenWhole()
    {
        Map(0x1000, 0x1000, 0x5000);
        Map(0x2000, 0x1000, 0x9000);
        _memory.Write(0x1ffc, 0x1122_3344_5566_7788UL);
        Assert.Equal(0x1122_3344_5566_7788UL, _memory.Read<ulong>(0x1ffc));
        Assert.Equal(0x5566_7788U, _physical.Read<uint>(0x5ffc));
        Assert.Equal(0x1122_3344U, _physical.Read<uint>(0x9000));
    }

    [Fact]
    public void NeighbouringMappingsToNeighbouringTargets_AreOneSlice()
    {
        for (ulong page = 0; page < 8; page++)
            Map(0x40000 + (page << 12), 0x1000, page << 12);

        Assert.True(_memory.TryGetSlice(0x40800, 0x7800, MemoryAccess.ReadWrite, out GuestSlice slice, out _));
        Assert.Equal(0x7800UL, slice.Length);
        Assert.True(_memory.TryGetSlice(0x40800, 0x7000, MemoryAccess.Read, out slice, out _));
        Assert.Equal(0x7000UL, slice.Length);
    }

    [Fact]
    public void NeighbouringMappings_WithFewerRightsOrAnotherTarget_EndTheSlice()
    {
        Map(0x1000, 0x1000, 0x1000);
        Map(0x2000, 0x1000, 0x2000, MemoryAccess.Read);
        Map(0x3000, 0x1000, 0x8000, MemoryAccess.Read);

        Assert.True(_memory.TryGetSlice(0x1000, 0x3000, MemoryAccess.Write, out GuestSlice slice, out _));
        Assert.Equal(0x1000UL, slice.Length);
        Assert.True(_memory.TryGetSlice(0x1000, 0x3000, MemoryAccess.Read, out slice, out _));
        Assert.Equal(0x2000UL, slice.Length);
    }

    [Fact]
    public void OneByteMapping_GivesOneByte()
    {
        Map(0x1003, 1, 0x2003);
        _physical.Write(0x2003, (byte)0x5a);
        Assert.Equal(0x5a, _memory.Read<byte>(0x1003));
        Assert.False(_memory.TryRead<ushort>(0x1003, out _, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.NotPresent, 0x1004, 1, MemoryAccess.Read), fault);
    }

    [Fact]
    public void HugeMapping_FaultsOnlyWhereNothingIsBehindIt()
    {
        Map(0, ulong.MaxValue - 7, 0);
        Assert.Equal(0U, _memory.Read<uint>(0xfffc));
        Assert.False(_memory.TryRead<uint>(0x10000, out _, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x10000, 4, MemoryAccess.Read), fault);
        Assert.False(_memory.TryRead<byte>(ulong.MaxValue, out _, out fault));
        Assert.Equal(FaultKind.NotPresent, fault.Kind);
    }

    [Fact]
    public void ReadExactly_OverMappingsWithAHole_DoesNothingAndNamesTheHole()
    {
        Map(0x1000, 0x1000, 0x5000);
        Map(0x3000, 0x1000, 0x9000);
        _physical.Fill(0x5000, 0x1000, 0x11);
        var bytes = new byte[0x3000];

        Assert.False(_memory.TryReadExactly(0x1000, bytes, out AccessFault fault));

        Assert.Equal(new AccessFault(FaultKind.NotPresent, 0x2000, 0x2000, MemoryAccess.Read), fault);
        Assert.All(bytes, static b => Assert.Equal(0, b));
    }

    [Fact]
    public void WriteExactlyFillAndCopy_OverMappingsWithAHole_DoNothing()
    {
        Map(0x1000, 0x1000, 0x5000);
        Map(0x3000, 0x1000, 0x9000);

        Assert.False(_memory.TryWriteExactly(0x1000, Bytes(0x3000), out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.NotPresent, 0x2000, 0x2000, MemoryAccess.Write), fault);
        Assert.False(_memory.TryFill(0x1000, 0x3000, 0xff, out _));
        _physical.Fill(0, 0x1000, 0xee);
        Assert.False(_physical.TryCopy(0, _memory, 0x1000, 0x3000, out _));
        Assert.False(_memory.TryWrite(0x1ffc, ulong.MaxValue, out fault));
        Assert.Equal(new AccessFault(FaultKind.NotPresent, 0x2000, 4, MemoryAccess.Write), fault);
        Assert.All(ReadPhysical(0x5000, 0x1000), static b => Assert.Equal(0, b));
        Assert.All(ReadPhysical(0x9000, 0x1000), static b => Assert.Equal(0, b));
    }

    [Fact]
    public void Write_OverMappingsWithAHole_SaysHowMuchWasDone()
    {
        Map(0x1000, 0x1000, 0x5000);
        Assert.Equal(0x1000, _memory.Write(0x1000, Bytes(0x3000), out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.NotPresent, 0x2000, 0x2000, MemoryAccess.Write), fault);
    }

    [Fact]
    public void Access_BeyondTheMappingsRights_IsAPermissionFault()
    {
        Map(0x1000, 0x1000, 0x5000, MemoryAccess.Read);
        Assert.False(_memory.TryWrite(0x1010, 1U, out AccessFault fault));
        Assert.Equal(
            new AccessFault(FaultKind.Permission, 0x1010, 4, MemoryAccess.Write, MemoryAccess.Read), fault);
        Assert.False(_memory.TryFetchOr(0x1010, 1U, out _, out fault));
        Assert.Equal(FaultKind.Permission, fault.Kind);
        Assert.Equal(0U, _physical.Read<uint>(0x5010));
    }

    [Fact]
    public void MappingToAnUnmappedAddress_FaultsWithTheIoVirtualAddress()
    {
        Map(0xabc000, 0x2000, 0xf000);
        var bytes = new byte[0x1800];

        Assert.Equal(0x800, _memory.Read(0xabc800, bytes, out AccessFault fault));

        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0xabd000, 0x1000, MemoryAccess.Read), fault);
    }

    [Fact]
    public void WritableMappingToReadOnlyMemory_IsAPermissionFaultWithTheIoVirtualAddress()
    {
        Map(0xabc000, 0x1000, 0x20000);
        Assert.False(_memory.TryWrite(0xabc010, 1UL, out AccessFault fault));
        Assert.Equal(
            new AccessFault(FaultKind.Permission, 0xabc010, 8, MemoryAccess.Write, MemoryAccess.ReadExecute), fault);
        Assert.Equal(0UL, _memory.Read<ulong>(0xabc010));
    }

    [Fact]
    public void Access_PastTheTop_IsAFaultAndDoesNotWrap()
    {
        Map(0, 0x1000, 0);
        Map(ulong.MaxValue - 0xfff, 0x1000, 0x5000);
        Assert.False(_memory.TryRead<ulong>(ulong.MaxValue - 3, out _, out AccessFault fault));
        Assert.Equal(FaultKind.Overflow, fault.Kind);
        Assert.Equal(4, _memory.Read(ulong.MaxValue - 3, new byte[8], out fault));
        Assert.Equal(FaultKind.Overflow, fault.Kind);
    }

    [Fact]
    public void ZeroBytes_AreAccessibleEverywhere()
    {
        Assert.True(_memory.TryGetSlice(0x1000, 0, MemoryAccess.All, out GuestSlice slice, out AccessFault fault));
        Assert.True(slice.IsEmpty);
        Assert.Equal(default, fault);
        Assert.True(_memory.TryWriteExactly(ulong.MaxValue, [], out _));
    }

    [Fact]
    public void Constructor_WithoutMemoryOrCache_IsMisuse()
    {
        Assert.Throws<ArgumentNullException>(() => new IommuMemory(null!, new Iotlb()));
        Assert.Throws<ArgumentNullException>(() => new IommuMemory(_physical, null!));
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = (byte)((i * 31) + (i >> 8) + 1);

        return bytes;
    }

    private byte[] ReadPhysical(ulong address, int count)
    {
        var bytes = new byte[count];
        _physical.ReadExactly(address, bytes);
        return bytes;
    }

    private void Map(ulong start, ulong length, ulong target, MemoryAccess rights = MemoryAccess.All)
        => Assert.True(_memory.Iotlb.TryMap(new IommuMapping(new GuestRange(start, length), target, rights)));
}
