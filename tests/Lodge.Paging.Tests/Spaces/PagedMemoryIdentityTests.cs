using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Memory whose every address leads to itself answers as what lies below.</summary>
public sealed class PagedMemoryIdentityTests : IDisposable
{
    private const ulong Hole = 0x4_0000;

    // A hole, memory that cannot be written, and an end that is no page's.
    private readonly GuestMemory _memory = GuestMemory.Create(
        MemoryRegion.Anonymous(0, Hole),
        MemoryRegion.Anonymous(Hole + 0x2000, 0x1800, RegionOptions.ReadOnly),
        MemoryRegion.Anonymous(Hole + 0x4000, 0x1000),
        MemoryRegion.Anonymous(ulong.MaxValue - 0xfff, 0x1000));

    [Fact]
    public void TranslationOff_FaultsLikeTheMemoryBelow()
    {
        var space = new PagedMemory(_memory, TranslationRegime.Identity);
        ulong[] last = [ulong.MaxValue - 0xfff, ulong.MaxValue - 8, ulong.MaxValue - 2, ulong.MaxValue];
        foreach (ulong address in Addresses().Concat(last))
            Compare(space, address);
    }

    [Fact]
    public void TablesThatLeadToTheSame_FaultLikeTheMemoryBelow()
    {
        var editor = new PageTableEditor(_memory, PageTableFormat.X64FourLevels, new FrameAllocator(new GuestRange(0, 0x2_0000)));
        editor.Map(new GuestRange(0, 0x20_0000), 0, MemoryAccess.All, Privilege.User);
        var space = new PagedMemory(_memory, TranslationRegime.Of(editor.Table));
        foreach (ulong address in Addresses())
            Compare(space, address);
    }

    // Lengths that a guest wrote: the answer is about what is there, and comes at once.
    [Theory]
    [InlineData(0, ulong.MaxValue)]
    [InlineData(0x2_0000, ulong.MaxValue)]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    [InlineData(ulong.MaxValue, 2)]
    [InlineData(Hole, ulong.MaxValue)]
    [InlineData(ulong.MaxValue - 0xfff, 0x1001)]
    public void HostileLengths_AreAnsweredLikeBelow(ulong address, ulong length)
    {
        var space = new PagedMemory(_memory, TranslationRegime.Identity);
        bool below = _memory.TryGetSlice(address, length, MemoryAccess.Read, out GuestSlice expected, out AccessFault wrong);
        bool found = space.TryGetSlice(address, length, MemoryAccess.Read, out GuestSlice slice, out AccessFault fault);

        Assert.Equal((below, wrong), (found, fault));
        Assert.Equal(Math.Min(expected.Length, 512 * 4096 - (address & 0xfff)), slice.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Hole)]
    [InlineData(ulong.MaxValue)]
    public void NoBytes_AreEverywhere(ulong address)
    {
        var space = new PagedMemory(_memory, TranslationRegime.Of(new PageTable(PageTableFormat.X64FourLevels, Hole)));
        Assert.True(space.TryGetSlice(address, 0, MemoryAccess.Write, out GuestSlice slice, out AccessFault fault));
        Assert.True(slice.IsEmpty);
        Assert.Equal(default, fault);
    }

    public void Dispose() => _memory.Dispose();

    private static IEnumerable<ulong> Addresses()
    {
        foreach (ulong edge in (ulong[])[Hole, Hole + 0x2000, Hole + 0x3000, Hole + 0x3800, Hole + 0x4000, Hole + 0x5000])
        {
            foreach (int offset in (int[])[-32, -16, -9, -8, -7, -4, -2, -1, 0, 1, 8])
                yield return edge + (ulong)offset;
        }
    }

    private void Compare(PagedMemory space, ulong address)
    {
        // The second time the translation is at hand.
        for (int i = 0; i < 2; i++)
        {
            Compare<byte>(space, address);
            Compare<ushort>(space, address);
            Compare<ulong>(space, address);
            Compare<Int128>(space, address);
            Assert.Equal(
                (_memory.TryFetchAdd(address, 0UL, out ulong expected, out AccessFault expectedFault), expected, expectedFault),
                (space.TryFetchAdd(address, 0UL, out ulong actual, out AccessFault fault), actual, fault));

            byte[] buffer = new byte[24];
            byte[] bufferBelow = new byte[24];
            Assert.Equal(
                (_memory.Read(address, bufferBelow, out expectedFault), expectedFault),
                (space.Read(address, buffer, out fault), fault));
            Assert.Equal(bufferBelow, buffer);
        }
    }

    private void Compare<T>(PagedMemory space, ulong address) where T : unmanaged
    {
        Assert.Equal(
            (_memory.TryRead(address, out T expected, out AccessFault expectedFault), expected, expectedFault),
            (space.TryRead(address, out T actual, out AccessFault fault), actual, fault));
        Assert.Equal(
            (_memory.TryWrite(address, expected, out expectedFault), expectedFault),
            (space.TryWrite(address, actual, out fault), fault));
        Assert.Equal(
            (_memory.TryWrite(address, expected, out expectedFault), expectedFault),
            (AddressSpaceExtensions.TryWrite(space, address, actual, out fault), fault));
        Assert.Equal(
            Record.Exception(() => _memory.Read<T>(address))?.Message, Record.Exception(() => space.Read<T>(address))?.Message);
        Assert.Equal(
            Record.Exception(() => _memory.Write(address, expected))?.Message,
            Record.Exception(() => space.Write(address, expected))?.Message);
    }
}
