using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

public sealed class MachineDirtyTests
{
    private const ulong Page = 4096;
    private const ulong Start = 0x40_0000;
    private const ulong Size = 100 * Page;

    private readonly DirtyPages _pages = new();

    [Theory, EngineData]
    public void HarvestDirty_RegionWithABitmap_HasTheGuestsAndTheHostsWrites(string engine)
    {
        using var guest = new TinyGuest(engine, Writer);
        var dirty = new DirtyBitmap(Size);
        using MemoryRegion region = MemoryRegion.Anonymous(Start, Size, RegionOptions.Default with { Dirty = dirty });
        MemorySlot slot = guest.Machine.Map(region, new MemorySlotOptions { LogDirty = true });
        Assert.Same(dirty, slot.Dirty);
        Touch(guest, 3);
        Touch(guest, 99);
        guest.Machine.Memory.Current.Write(Start + (70 * Page), 1);
        Assert.Equal([3, 70, 99], Harvest(guest, slot));
        Assert.Empty(Harvest(guest, slot));
        Touch(guest, 3);
        Assert.Equal([3], Harvest(guest, slot));
    }

    [Theory, EngineData]
    public void HarvestDirty_RegionWithoutABitmap_GetsOneForTheMemoryToo(string engine)
    {
        using var guest = new TinyGuest(engine, Writer);
        using MemoryRegion region = MemoryRegion.Anonymous(Start, Size);
        MemorySlot slot = guest.Machine.Map(region);
        Assert.Null(slot.Dirty);
        Assert.Throws<InvalidOperationException>(() => guest.Machine.HarvestDirty(slot, _pages));
        Touch(guest, 1);
        guest.Machine.SetDirtyLogging(slot, true);
        Assert.NotNull(slot.Dirty);
        Touch(guest, 2);
        guest.Machine.Memory.Current.Write(Start + (4 * Page), 1);
        Assert.Equal([2, 4], Harvest(guest, slot));
    }

    [Theory, EngineData]
    public void SetDirtyLogging_OffAndOnAgain_BeginsClean(string engine)
    {
        using var guest = new TinyGuest(engine, Writer);
        using MemoryRegion region = MemoryRegion.Anonymous(Start, Size);
        MemorySlot slot = guest.Machine.Map(region, new MemorySlotOptions { LogDirty = true });
        Touch(guest, 5);
        guest.Machine.SetDirtyLogging(slot, false);
        Assert.False(slot.LogsDirty);
        Assert.Throws<InvalidOperationException>(() => guest.Machine.HarvestDirty(slot, _pages));
        Touch(guest, 6);
        guest.Machine.SetDirtyLogging(slot, true);
        guest.Machine.SetDirtyLogging(slot, true);
        Assert.Empty(Harvest(guest, slot));
        Touch(guest, 7);
        Assert.Equal([7], Harvest(guest, slot));
    }

    [Theory, EngineData]
    public void HarvestDirty_BitmapThatBeginsElsewhere_HasItsOwnOffsets(string engine)
    {
        const ulong Offset = 13 * Page;
        using var guest = new TinyGuest(engine, Writer);
        var dirty = new DirtyBitmap(Offset + Size);
        using MemoryRegion region = MemoryRegion.Anonymous(
            Start, Size, RegionOptions.Default with { Dirty = dirty, DirtyOffset = Offset });
        MemorySlot slot = guest.Machine.Map(region, new MemorySlotOptions { LogDirty = true });
        Assert.Equal(Offset, slot.DirtyOffset);
        foreach (ulong page in new ulong[] { 0, 50, 51, 52, 99 })
            Touch(guest, page);

        Assert.Equal([13, 63, 64, 65, 112], Harvest(guest, slot));
    }

    [Theory, EngineData]
    public void Map_BitmapOfOtherPages_IsRefused(string engine)
    {
        using IVirtualMachine machine = TestEngines.Get(engine).CreateMachine();
        var dirty = new DirtyBitmap(Size, PageSize.Size2M);
        using MemoryRegion region = MemoryRegion.Anonymous(Start, Size, RegionOptions.Default with { Dirty = dirty });
        Assert.Throws<ArgumentException>(() => machine.Map(region, new MemorySlotOptions { LogDirty = true }));
        MemorySlot slot = machine.Map(region);
        Assert.Throws<ArgumentException>(() => machine.SetDirtyLogging(slot, true));
    }

    [Theory, EngineData]
    public void HarvestDirty_ThatFailsAfterTheLogWasRead_LosesNothing(string engine)
    {
        // A bitmap in shared memory is its sharer's to harvest, so this harvest fails; the guest's write is marked all the same.
        using var guest = new TinyGuest(engine, Writer);
        using HostMapping memory = HostMapping.Anonymous(4096);
        DirtyBitmap shared = DirtyBitmap.OverSharedMemory(memory, 0, Size);
        using MemoryRegion region = MemoryRegion.Anonymous(Start, Size, RegionOptions.Default with { Dirty = shared });
        MemorySlot slot = guest.Machine.Map(region, new MemorySlotOptions { LogDirty = true });
        Touch(guest, 9);
        Assert.Throws<InvalidOperationException>(() => guest.Machine.HarvestDirty(slot, _pages));
        Assert.True(shared.IsMarked(9 * Page));
        Assert.False(shared.IsMarked(8 * Page));
    }

    [Theory, EngineData]
    public void HarvestDirty_WhileTheGuestWrites_LosesNoPage(string engine)
    {
        // The guest writes each page once, in order; whatever was not harvested while it ran is there afterwards.
        using var guest = new TinyGuest(engine, c =>
        {
            Iced.Intel.Label again = c.CreateLabel();
            c.mov(rbx, Start);
            c.mov(ecx, (uint)(Size / Page));
            c.Label(ref again);
            c.mov(__byte_ptr[rbx], 1);
            c.add(rbx, (int)Page);
            c.dec(ecx);
            c.jnz(again);
            c.hlt();
        });
        using MemoryRegion region = MemoryRegion.Anonymous(Start, Size);
        MemorySlot slot = guest.Machine.Map(region, new MemorySlotOptions { LogDirty = true });
        for (int round = 0; round < 20; round++)
        {
            TinyGuest.SetUp(guest.Cpu);
            var runner = new Thread(() => guest.Cpu.Run());
            runner.Start();
            var seen = new HashSet<ulong>();
            while (!runner.Join(0))
                seen.UnionWith(Harvest(guest, slot));

            seen.UnionWith(Harvest(guest, slot));
            Assert.Equal((int)(Size / Page), seen.Count);
        }
    }

    private ulong[] Harvest(TinyGuest guest, MemorySlot slot)
    {
        guest.Machine.HarvestDirty(slot, _pages);
        return [.. _pages.SelectMany(Pages)];
    }

    private static IEnumerable<ulong> Pages(GuestRange range)
        => Enumerable.Range(0, (int)(range.Length / Page)).Select(i => (range.Start.Value / Page) + (ulong)i);

    private static void Touch(TinyGuest guest, ulong page)
    {
        guest.Cpu.Registers = guest.Cpu.Registers with { Rip = TinyGuest.CodeAddress, Rbx = Start + (page * Page) };
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
    }

    private static void Writer(Iced.Intel.Assembler c)
    {
        c.inc(__dword_ptr[rbx]);
        c.hlt();
    }
}
