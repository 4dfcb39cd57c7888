using System.Buffers.Binary;
using Lodge.Memory;
using Lodge.Paging;
using Xunit;

namespace Lodge.EndToEnd.Tests;

[Collection(LinuxGuestCollection.Name)]
public sealed class ContentTests
{
    private const int Seed = 19;
    private const int TypedReads = 2000;

    // The last 2 GiB begin with the kernel's image; its modules and devices follow.
    private const ulong FirstOfImage = 0xffff_ffff_8000_0000;
    private const ulong LastOfImage = 0xffff_ffff_bfff_ffff;

    private readonly LinuxGuests _guests;

    public ContentTests(LinuxGuests guests) => _guests = guests;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Read_KernelImage_GivesTheBytesThatQemuSaves(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        bool namesItself = false;
        foreach ((ulong start, int size) in RangesOf(guest.Pages.Where(page => page.Start is >= FirstOfImage and <= LastOfImage)))
        {
            byte[] expected = await SaveAsync(guest, start, size);
            Compare(SpaceOf(guest, Privilege.Supervisor), start, expected);
            namesItself |= expected.AsSpan().IndexOf("Linux version"u8) >= 0;
        }

        Assert.True(namesItself, "The kernel's image does not name Linux.");
    }

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Read_UserSpace_GivesTheBytesThatQemuSaves(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        (ulong Start, int Size)[] ranges = [.. RangesOf(guest.Pages.Where(page => page.Has(TlbFlags.User)))];
        Assert.NotEmpty(ranges);
        foreach ((ulong start, int size) in ranges)
            Compare(SpaceOf(guest, Privilege.User), start, await SaveAsync(guest, start, size));
    }

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Read_PastTheEndOfAUserRange_StopsThereWithAFault(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        PagedMemory space = SpaceOf(guest, Privilege.User);
        foreach ((ulong start, int size) in RangesOf(guest.Pages.Where(page => page.Has(TlbFlags.User))))
        {
            ulong end = start + (ulong)size;
            byte[] expected = await SaveAsync(guest, end - 8, 8);
            var bytes = new byte[20];
            Assert.Equal(8, space.Read(end - 8, bytes, out AccessFault fault));
            Assert.Equal(expected, bytes[..8]);
            Assert.Equal((FaultKind.NotPresent, end, 12UL), (fault.Kind, fault.Address.Value, fault.Length));
            Assert.False(space.TryRead(end - 4, out ulong _, out fault));
            Assert.Equal((FaultKind.NotPresent, end), (fault.Kind, fault.Address.Value));
        }
    }

    // QEMU's machine has devices there, and no RAM.
    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Read_PageOfADevice_FaultsAtTheVirtualAddress(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        PagedMemory space = SpaceOf(guest, Privilege.Supervisor);
        ListedPage[] devices = [.. guest.Pages.Where(page => !guest.Memory.TryFindRegion(page.Physical, out _))];
        Assert.NotEmpty(devices);
        foreach (ListedPage page in devices)
        {
            Assert.False(space.TryRead(page.Start + 16, out uint _, out AccessFault fault));
            Assert.Equal((FaultKind.Unmapped, page.Start + 16), (fault.Kind, fault.Address.Value));
        }
    }

    private static PagedMemory SpaceOf(LinuxGuest guest, Privilege privilege)
        => new(guest.Memory, guest.Regime, new PagedMemoryOptions { Privilege = privilege });

    private static async Task<byte[]> SaveAsync(LinuxGuest guest, ulong start, int size)
    {
        string path = guest.ScratchPath("saved");
        await guest.Monitor.SaveAsync(start, size, path, Cancellation);
        return await File.ReadAllBytesAsync(path, Cancellation);
    }

    private static void Compare(PagedMemory space, ulong start, byte[] expected)
    {
        var bytes = new byte[expected.Length];
        space.ReadExactly(start, bytes);
        Assert.True(bytes.AsSpan().SequenceEqual(expected), $"{bytes.Length} bytes at {start:x} differ.");

        var random = new Random(Seed);
        for (int i = 0; i < TypedReads; i++)
        {
            // Half of them at the edges of pages, which most of the others are far from.
            int offset = random.Next(expected.Length - 7);
            if (i % 2 == 0)
                offset = Math.Clamp((offset & ~4095) - random.Next(8), 0, expected.Length - 8);

            ulong address = start + (ulong)offset;
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(expected.AsSpan(offset));
            Assert.True(
                space.Read<byte>(address) == (byte)value
                    && space.Read<LittleEndian<ushort>>(address) == (ushort)value
                    && space.Read<LittleEndian<uint>>(address) == (uint)value
                    && space.Read<LittleEndian<ulong>>(address) == value
                    && space.Read<BigEndian<ulong>>(address) == BinaryPrimitives.ReverseEndianness(value),
                $"Values at {address:x} (seed {Seed}) are not those of {value:x}.");
        }
    }

    // Of virtual addresses without a gap.
    private static IEnumerable<(ulong Start, int Size)> RangesOf(IEnumerable<ListedPage> pages)
    {
        ulong start = 0;
        ulong end = 0;
        foreach (ListedPage page in pages)
        {
            if (page.Start != end)
            {
                if (start != end)
                    yield return (start, checked((int)(end - start)));

                start = page.Start;
            }

            end = page.Start + page.Size;
        }

        if (start != end)
            yield return (start, checked((int)(end - start)));
    }
}
