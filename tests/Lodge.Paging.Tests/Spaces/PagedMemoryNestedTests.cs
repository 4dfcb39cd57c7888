using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>A guest's tables in memory that a second stage defines, compared with a translation by hand through both.</summary>
public sealed class PagedMemoryNestedTests
{
    private const ulong HostSize = 8 << 20;
    private const ulong GuestSize = 1 << 20;

    public static TheoryData<string, string> Pairs => new()
    {
        { "x64 4 levels", "ept 4 levels" },
        { "x64 5 levels", "ept 5 levels" },
        { "aarch64 stage 1, Size4K, 48 bits", "aarch64 stage 2, Size4K, 40 bits" },
        { "aarch64 stage 1, Size16K, 48 bits", "aarch64 stage 2, Size64K, 40 bits" },
        { "riscv Sv39", "riscv Sv48x4" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void EveryPage_LeadsWhereBothStagesLead(string first, string second)
    {
        using GuestMemory host = GuestMemory.Anonymous(HostSize);
        var random = new Random(3);
        var stageTwo = new PageTableEditor(host, FormatCases.Get(second).Format, new FrameAllocator(new GuestRange(0, 2 << 20)));

        // The guest's memory lies in the host's in pieces, in another order.
        ulong piece = Math.Max(stageTwo.Table.Format.PageSize.Bytes, 4096);
        int[] places = [.. Enumerable.Range(0, (int)(GuestSize / piece))];
        random.Shuffle(places);
        for (int i = 0; i < places.Length; i++)
        {
            stageTwo.Map(
                new GuestRange((ulong)i * piece, piece), (2UL << 20) + ((ulong)places[i] * 2 * piece), MemoryAccess.All);
        }

        var guest = new PagedMemory(host, TranslationRegime.Of(stageTwo.Table));
        PageTableFormat format = FormatCases.Get(first).Format;
        var stageOne = new PageTableEditor(guest, format, new FrameAllocator(new GuestRange(0, GuestSize / 2)));
        ulong page = format.PageSize.Bytes;
        ulong start = NaiveTables.Extend(format, 1UL << (format.InputBits - 2));
        int pages = (int)(GuestSize / 2 / page);
        int[] frames = [.. Enumerable.Range(0, pages)];
        random.Shuffle(frames);
        for (int i = 0; i < pages; i += 2)
        {
            stageOne.Map(
                new GuestRange(start + ((ulong)i * page), page),
                (GuestSize / 2) + ((ulong)frames[i] * page),
                i % 4 == 0 ? MemoryAccess.Read : MemoryAccess.ReadWrite);
        }

        var space = new PagedMemory(guest, TranslationRegime.Of(stageOne.Table));
        for (ulong at = GuestSize / 2; at < GuestSize; at += 8)
            guest.Write(at, at);

        for (int i = 0; i < 20_000; i++)
        {
            ulong offset = (ulong)random.NextInt64((long)(GuestSize / 2)) & ~7UL;
            int index = (int)(offset / page);
            ulong target = (GuestSize / 2) + ((ulong)frames[index] * page) + (offset % page);
            bool isThere = index % 2 == 0;
            Assert.Equal(isThere, space.TryRead(start + offset, out ulong value, out AccessFault fault));
            Assert.Equal(isThere ? target : 0, value);
            Assert.Equal(isThere ? FaultKind.None : FaultKind.NotPresent, fault.Kind);
            Assert.Equal(index % 4 == 2, space.TryWrite(start + offset, value, out fault));
            Assert.Equal(index % 4 == 2 ? 0 : start + offset, fault.Address.Value);
            if (isThere)
            {
                ulong place = (2UL << 20) + ((ulong)places[target / piece] * 2 * piece) + (target % piece);
                Assert.Equal(target, host.Read<ulong>(place));
            }
        }
    }

    // A guest's address of a table or a page that the second stage does not have, told as the guest sees it.
    [Fact]
    public void SecondStageMissing_FaultsWithTheFirstStagesAddress()
    {
        using GuestMemory host = GuestMemory.Anonymous(HostSize);
        var stageTwo = new PageTableEditor(host, PageTableFormat.EptFourLevels, new FrameAllocator(new GuestRange(0, 2 << 20)));
        stageTwo.Map(new GuestRange(0, GuestSize), 2 << 20, MemoryAccess.All);
        var guest = new PagedMemory(host, TranslationRegime.Of(stageTwo.Table));
        var stageOne = new PageTableEditor(guest, PageTableFormat.X64FourLevels, new FrameAllocator(new GuestRange(0, 0x1_0000)));
        const ulong Page = 0x7000_0000_0000;
        stageOne.Map(new GuestRange(Page, 0x1000), 0x8_0000, MemoryAccess.ReadWrite);
        var space = new PagedMemory(guest, TranslationRegime.Of(stageOne.Table));
        Assert.True(space.TryWrite(Page + 8, 5UL, out _));

        stageTwo.Unmap(new GuestRange(0x8_0000, 0x1000));
        guest.FlushAll();
        for (int i = 0; i < 2; i++)
        {
            Assert.False(space.TryRead(Page + 8, out ulong _, out AccessFault fault));
            Assert.Equal((FaultKind.NotPresent, Page + 8, 8UL), (fault.Kind, fault.Address.Value, fault.Length));
        }

        stageTwo.Unmap(new GuestRange(0, 0x1000));
        guest.FlushAll();
        space.FlushAll();
        Assert.False(space.TryRead(Page + 8, out ulong _, out AccessFault missing));
        Assert.Equal(new AccessFault(FaultKind.BadTranslation, Page + 8, 8, MemoryAccess.Read, level: 4), missing);
    }
}
