using Xunit;

namespace Lodge.Memory.Tests;

public sealed class RegionKindsTests
{
    public static TheoryData<string, ulong, ulong> KindsAndPlaces() => Places(RegionKinds.All);

    public static TheoryData<string, ulong, ulong> OwningKindsAndPlaces() => Places(RegionKinds.Owning);

    [Theory]
    [MemberData(nameof(KindsAndPlaces))]
    public void NewRegion_OfEveryKind_IsZeroAndHoldsWhatIsWrittenToItsEnds(string kind, ulong start, ulong size)
    {
        using MemoryRegion region = MakeAtMost(kind, start, ref size);
        GuestMemory memory = GuestMemory.Create(region);
        Assert.False(region.GetHostSlice().DangerousGetReadOnlySpan().ContainsAnyExcept((byte)0));

        memory.Write<byte>(start, 0x11);
        memory.Write<byte>(start + (size - 1), 0x22);

        Assert.Equal(size == 1 ? 0x22 : 0x11, memory.Read<byte>(start));
        Assert.Equal(0x22, memory.Read<byte>(start + (size - 1)));
        Assert.False(memory.TryRead<byte>(unchecked(start - 1), out _, out _));
        Assert.False(memory.TryRead<byte>(unchecked(start + size), out _, out _));
    }

    [Theory]
    [MemberData(nameof(KindsAndPlaces))]
    public void NewRegion_OfEveryKind_AgreesWithTheHostInTheLowestBits(string kind, ulong start, ulong size)
    {
        using MemoryRegion region = MakeAtMost(kind, start, ref size);
        ulong mask = kind == "Borrowed" ? 7 : (ulong)Environment.SystemPageSize - 1;

        Assert.Equal(start & mask, (ulong)region.GetHostSlice().DangerousAddress & mask);
    }

    [Theory]
    [MemberData(nameof(KindsAndPlaces))]
    public void Rom_OfEveryKind_IsWrittenByItsOwnerOnly(string kind, ulong start, ulong size)
    {
        using MemoryRegion region = MakeAtMost(kind, start, ref size, RegionOptions.ReadOnly);
        GuestMemory memory = GuestMemory.Create(region);

        Assert.False(memory.TryWrite<byte>(start, 1, out AccessFault fault));
        Assert.Equal(FaultKind.Permission, fault.Kind);
        Assert.Throws<GuestMemoryException>(() => { region.GetSlice(0, 1, MemoryAccess.ReadWrite); });

        region.GetHostSlice().Write<byte>(0, 0x5a);
        Assert.Equal(0x5a, memory.Read<byte>(start));
    }

    [Theory]
    [MemberData(nameof(KindsAndPlaces))]
    public void DisposedRegion_OfEveryKind_RefusesItsOwnApi(string kind, ulong start, ulong size)
    {
        MemoryRegion region = MakeAtMost(kind, start, ref size);
        region.Dispose();
        region.Dispose();

        Assert.True(region.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => { region.GetHostSlice(); });
        Assert.Throws<ObjectDisposedException>(() => { region.GetSlice(0, 1, MemoryAccess.Read); });
        Assert.Throws<ObjectDisposedException>(() => GuestMemory.Create(region));
        Assert.Throws<ObjectDisposedException>(() => GuestMemory.Empty.With(region));
    }

    [LinuxTheory]
    [MemberData(nameof(OwningKindsAndPlaces))]
    public void Dispose_OfEveryKindThatOwnsItsPages_LeavesZerosForTheMap(string kind, ulong start, ulong size)
    {
        MemoryRegion region = MakeAtMost(kind, start, ref size);
        GuestMemory memory = GuestMemory.Create(region);
        GuestSlice slice = region.GetHostSlice();
        memory.Fill(start, size, 0x77);

        region.Dispose();

        var bytes = new byte[size];
        memory.ReadExactly(start, bytes);
        Assert.DoesNotContain(bytes, value => value != 0);
        Assert.False(slice.DangerousGetReadOnlySpan().ContainsAnyExcept((byte)0));
        slice.Write<byte>(0, 1);
        Assert.Equal(1, memory.Read<byte>(start));
    }

    [Fact]
    public void FromMapping_DisposeOfTheRegion_LeavesTheMappingToItsOwner()
    {
        using HostMapping mapping = HostMapping.Anonymous(0x1000);
        MemoryRegion region = MemoryRegion.FromMapping(0, mapping, 0, 0x1000);
        MemoryRegion other = MemoryRegion.FromMapping(0x1000, mapping, 0, 0x1000);
        region.GetHostSlice().Write<byte>(0, 9);

        region.Dispose();

        Assert.True(region.IsDisposed);
        Assert.False(mapping.IsDisposed);
        Assert.Equal(9, other.GetHostSlice().Read<byte>(0));
    }

    [Fact]
    public void FromMapping_DisposeOfTheMapping_DisposesOfItsRegions()
    {
        HostMapping mapping = HostMapping.Anonymous(0x1000);
        MemoryRegion region = MemoryRegion.FromMapping(0, mapping, 0, 0x1000);

        mapping.Dispose();

        Assert.True(region.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => MemoryRegion.FromMapping(0, mapping, 0, 0x1000));
    }

    [Theory]
    [InlineData(0x1001, 0)]
    [InlineData(0, 4)]
    [InlineData(0x1003, 0x1002)]
    public void FromMapping_OffTheHostsAlignment_IsRefused(ulong start, ulong offset)
    {
        using HostMapping mapping = HostMapping.Anonymous(0x4000);

        Assert.Throws<ArgumentException>(() => MemoryRegion.FromMapping(start, mapping, offset, 0x100));
    }

    [Theory]
    [InlineData(0, 0x2001)]
    [InlineData(0x2000, 1)]
    [InlineData(0xffff_ffff_ffff_f000, 0x1000)]
    [InlineData(0x1000, 0xffff_ffff_ffff_f000)]
    public void FromMapping_OutsideOfTheMapping_IsRefused(ulong offset, ulong size)
    {
        using HostMapping mapping = HostMapping.Anonymous(0x2000);

        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryRegion.FromMapping(0, mapping, offset, size));
    }

    [Fact]
    public void WithPermissions_SharesMemoryAndDisposal()
    {
        MemoryRegion rom = MemoryRegion.Anonymous(0, 0x1000, new RegionOptions { Permissions = MemoryAccess.Read, Label = "rom" });
        MemoryRegion ram = rom.WithPermissions(MemoryAccess.All);
        ram.GetHostSlice().Write<byte>(5, 5);

        Assert.Equal(5, rom.GetHostSlice().Read<byte>(5));
        Assert.Equal("rom", ram.Label);
        rom.Dispose();
        Assert.True(ram.IsDisposed);
    }

    [Theory]
    [InlineData("Anonymous")]
    [InlineData("Shared")]
    [InlineData("FromArena")]
    public void EmptyRegion_IsRefused(string kind)
        => Assert.Throws<ArgumentOutOfRangeException>(() => RegionKinds.Make(kind, 0x1000, 0));

    [Theory]
    [InlineData("Anonymous")]
    [InlineData("Shared")]
    public void RegionPastTheTopOfTheAddressSpace_IsRefused(string kind)
        => Assert.Throws<ArgumentOutOfRangeException>(() => RegionKinds.Make(kind, 0xffff_ffff_ffff_f000, 0x1001));

    // The whole rest of an arena is whole pages, so that kind's size is known only afterwards.
    private static MemoryRegion MakeAtMost(string kind, ulong start, ref ulong size, RegionOptions? options = null)
    {
        MemoryRegion region = RegionKinds.Make(kind, start, size, options);
        Assert.Equal(start, region.Start.Value);
        if (kind == "FromArenaRemaining")
            Assert.InRange(region.Size, size, size + (ulong)Environment.SystemPageSize - 1);
        else
            Assert.Equal(size, region.Size);

        size = region.Size;
        return region;
    }

    private static TheoryData<string, ulong, ulong> Places(string[] kinds)
    {
        var cases = new TheoryData<string, ulong, ulong>();
        foreach (string kind in kinds)
        {
            cases.Add(kind, 0, 1);
            cases.Add(kind, 0x1003, 7);
            cases.Add(kind, 0x1003, 0x2345);
            cases.Add(kind, 0x2000, 0x3000);
            cases.Add(kind, 0xffff_ffff_ffff_e003, 0x1ffd);
        }

        return cases;
    }
}
