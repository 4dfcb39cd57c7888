using Lodge.Memory;
using Xunit;

namespace Lodge.EndToEnd.Tests;

[Collection(LinuxGuestCollection.Name)]
public sealed class ContentTests
{
    // The last 2 GiB begin with the kernel's image; its modules and devices follow.
    private const ulong FirstOfImage = 0xffff_ffff_8000_0000;
    private const ulong LastOfImage = 0xffff_ffff_bfff_ffff;

    private readonly LinuxGuests _guests;

    public ContentTests(LinuxGuests guests) => _guests = guests;

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Read_KernelImage_GivesTheBytesThatQemuSaves(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        bool namesItself = false;
        foreach ((ulong start, int size) in RangesOf(guest.Pages.Where(page => page.Start is >= FirstOfImage and <= LastOfImage)))
        {
            byte[] bytes = await ReadAndCompareAsync(guest, start, size);
            namesItself |= bytes.AsSpan().IndexOf("Linux version"u8) >= 0;
        }

        Assert.True(namesItself, "The kernel's image does not name Linux.");
    }

    [QemuTheory]
    [InlineData(PagingDepth.FourLevels)]
    [InlineData(PagingDepth.FiveLevels)]
    public async Task Read_UserSpace_GivesTheBytesThatQemuSaves(PagingDepth depth)
    {
        LinuxGuest guest = await _guests.GetAsync(depth);
        (ulong Start, int Size)[] ranges = [.. RangesOf(guest.Pages.Where(page => page.Flags.HasFlag(TlbFlags.User)))];
        Assert.NotEmpty(ranges);
        foreach ((ulong start, int size) in ranges)
            await ReadAndCompareAsync(guest, start, size);
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

    private static async Task<byte[]> ReadAndCompareAsync(LinuxGuest guest, ulong start, int size)
    {
        string path = guest.ScratchPath("saved");
        await guest.Monitor.SaveAsync(start, size, path, TestContext.Current.CancellationToken);
        byte[] expected = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        byte[] actual = Read(guest.Memory, PageTables.Of(guest), start, size);
        Assert.True(actual.AsSpan().SequenceEqual(expected), $"{size} bytes at {start:x} differ.");
        return actual;
    }

    private static byte[] Read(GuestMemory memory, IPageTable table, ulong start, int size)
    {
        var bytes = new byte[size];
        for (int done = 0; done < size;)
        {
            ulong address = start + (ulong)done;
            Assert.True(table.TryFind(address, out MappedPage page), $"{address:x} is not mapped.");
            int length = (int)Math.Min(page.Start + page.Size - address, (ulong)(size - done));
            memory.ReadExactly(page.Physical + (address - page.Start), bytes.AsSpan(done, length));
            done += length;
        }

        return bytes;
    }
}
