using System.Diagnostics;
using System.Text;
using Xunit;

namespace Lodge.Dumps.Tests;

/// <summary>Page tables of a guest that wants the host to write without end. What comes out is a core, and bounded.</summary>
public sealed class HostileTablesTests
{
    private const uint MissingNote = 0x4C4F_4403;

    [Fact]
    public void TableThatLeadsToItself_IsCutAtTheBytes()
    {
        using var machine = new SmallMachine();
        for (ulong i = 0; i < 512; i++)
            machine.Physical.Write(SmallMachine.Root + (8 * i), SmallMachine.Root | SmallMachine.Present | SmallMachine.Writable);

        RequireCut(machine, new CoreDumpOptions { MostBytes = 4 << 20 }, mostBytes: 4 << 20);
    }

    [Fact]
    public void OnePage_MappedABillionTimes_IsCutAtTheBytes()
    {
        using var machine = new SmallMachine();
        Alias(machine, leaf: 0x80_000 | SmallMachine.Present);
        RequireCut(machine, new CoreDumpOptions { MostBytes = 4 << 20 }, mostBytes: 4 << 20);
    }

    [Fact]
    public void PagesOfAlternatingRights_AreCutAtTheSegments()
    {
        using var machine = new SmallMachine();
        for (ulong i = 0; i < 512; i++)
            machine.Map(0x20_0000 + (i * 4096), 0x80_000, (i & 1) * SmallMachine.Writable);

        using ElfFile core = Cores.Write(machine, out CoreDumpResult result, new CoreDumpOptions { MostSegments = 100 });
        Assert.Equal((100, true), (result.Segments, result.IsCut));
        Assert.Equal(100, Cores.Loads(core).Length);
        Assert.Contains("0x264000", result.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void PagesToWhereThereIsNoMemory_AreLeftOut()
    {
        using var machine = new SmallMachine();
        machine.Map(0x10_000, 1UL << 40, flags: 0);
        machine.MapAndFill(0x11_000, 0x20_000, pages: 1, flags: 0);
        using ElfFile core = Cores.Write(machine, out CoreDumpResult result);
        Assert.Equal((1, false), (result.Segments, result.IsCut));
        Assert.Equal(0x11_000UL, Cores.Loads(core)[0].VirtualAddress);
    }

    /// <summary>512 × 512 pages of 1 GiB, each of 262,144 places to look at.</summary>
    [Fact]
    public void LargePagesToWhereThereIsNoMemory_EndTheSearch()
    {
        using var machine = new SmallMachine();
        const ulong Table = 0x100_000;
        for (ulong i = 0; i < 512; i++)
        {
            machine.Physical.Write(SmallMachine.Root + (8 * i), Table | SmallMachine.Present);
            machine.Physical.Write(Table + (8 * i), (1UL << 40) | SmallMachine.Large | SmallMachine.Present);
        }

        RequireCut(machine, CoreDumpOptions.Default, mostBytes: 0);
    }

    [Fact]
    public void MoreTablesThanAllowed_CutTheCore()
    {
        using var machine = new SmallMachine();
        for (ulong i = 0; i < 64; i++)
            machine.Map(i << 21, 0x80_000, flags: 0);

        using ElfFile core = Cores.Write(machine, out CoreDumpResult result, new CoreDumpOptions { MostTables = 20 });
        Assert.True(result.IsCut);
        Assert.Equal(17, Cores.Loads(core).Length);
        Assert.Equal(result.Missing, Encoding.UTF8.GetString(Cores.Note(core, "LODGE", MissingNote)));
    }

    [Fact]
    public void Stack_IsThereEvenIfTheRestUsesUpTheLimit()
    {
        const ulong Stack = 0xFFFF_FEFF_FFFF_0000;
        using var machine = new SmallMachine();
        for (ulong i = 0; i < 512; i++)
            machine.Map(0x20_0000 + (i * 4096), 0x10_0000 + (i * 4096), flags: 0);

        machine.MapAndFill(Stack, 0x80_000, pages: 4, SmallMachine.Writable);
        machine.State = machine.State with { Rsp = Stack + 0x1008 };
        using ElfFile core = Cores.Write(machine, out CoreDumpResult result, new CoreDumpOptions { MostBytes = 1 << 20 });
        Assert.True(result.IsCut);
        Assert.Equal(
            [(0x20_0000UL, 0xC_0000UL), (Stack + 0x1000, 0x3000UL)],
            Cores.Loads(core).Select(load => (load.VirtualAddress, load.MemorySize)));
    }

    [Theory]
    [InlineData(0UL, 0x20UL, 0xD00UL, "paging is off")]
    [InlineData(0x8000_0001UL, 0x20UL, 0UL, "PAE paging")]
    [InlineData(0x8000_0001UL, 0UL, 0UL, "32 bits")]
    public void PagingThatIsNotKnown_LeavesACoreWithoutMemory(ulong cr0, ulong cr4, ulong efer, string why)
    {
        using var machine = new SmallMachine();
        machine.MapAndFill(0x10_000, 0x20_000, pages: 1, flags: 0);
        machine.State = machine.State with { Cr0 = cr0, Cr4 = cr4, Efer = efer };
        using ElfFile core = Cores.Write(machine, out CoreDumpResult result);
        Assert.Empty(Cores.Loads(core));
        Assert.Contains(why, result.Missing, StringComparison.Ordinal);
        Assert.Equal(336, Cores.Note(core, "CORE", 1).Length);
    }

    [Fact]
    public void RootWhereThereIsNoMemory_LeavesACoreWithoutMemory()
    {
        using var machine = new SmallMachine();
        machine.State = machine.State with { Cr3 = 1UL << 45 };
        using ElfFile core = Cores.Write(machine, out CoreDumpResult result);
        Assert.Equal((0, 0L), (result.Segments, result.MemoryBytes));
    }

    /// <summary>The last page of all addresses, behind which addresses begin again.</summary>
    [Fact]
    public void LastPage_IsWritten()
    {
        using var machine = new SmallMachine();
        machine.Map(0, 0x80_000, flags: 0);
        machine.MapAndFill(unchecked(0UL - 4096), 0x20_000, pages: 1, flags: 0);
        using ElfFile core = Cores.Write(machine, out CoreDumpResult result);
        Assert.Equal((2, false), (result.Segments, result.IsCut));
        Assert.Equal(unchecked(0UL - 4096), Cores.Loads(core)[1].VirtualAddress);
    }

    [Fact]
    public void Limits_BelowNothing_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CoreDumpOptions { MostBytes = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CoreDumpOptions { MostSegments = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CoreDumpOptions { MostTables = 0 });
    }

    [Fact]
    public void LimitsOfNothing_LeaveACoreOfRegisters()
    {
        using var machine = new SmallMachine();
        machine.MapAndFill(0x10_000, 0x20_000, pages: 1, flags: 0);
        using ElfFile none = Cores.Write(machine, out CoreDumpResult result, new CoreDumpOptions { MostBytes = 0 });
        Assert.Equal((0, true), (result.Segments, result.IsCut));
        using ElfFile alsoNone = Cores.Write(machine, out result, new CoreDumpOptions { MostSegments = 0 });
        Assert.Equal((0, true), (result.Segments, result.IsCut));
    }

    /// <summary>One table on each level, whose 512 entries are all the same.</summary>
    private static void Alias(SmallMachine machine, ulong leaf)
    {
        ulong table = SmallMachine.Root;
        for (int level = 4; level >= 1; level--)
        {
            ulong next = 0x100_000 + ((ulong)level * 4096);
            for (ulong i = 0; i < 512; i++)
                machine.Physical.Write(table + (8 * i), level == 1 ? leaf : next | SmallMachine.Present);

            table = next;
        }
    }

    private static void RequireCut(SmallMachine machine, CoreDumpOptions options, long mostBytes)
    {
        long start = Stopwatch.GetTimestamp();
        using ElfFile core = Cores.Write(machine, out CoreDumpResult result, options);
        Assert.True(result.IsCut);
        Assert.InRange(result.MemoryBytes, 0, mostBytes);
        Assert.Equal(result.MemoryBytes, Cores.Loads(core).Sum(load => (long)load.FileSize));
        Assert.InRange(result.FileBytes, result.MemoryBytes, result.MemoryBytes + 100_000);
        Assert.Equal(result.Missing, Encoding.UTF8.GetString(Cores.Note(core, "LODGE", MissingNote)));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), "It took too long.");
    }
}
