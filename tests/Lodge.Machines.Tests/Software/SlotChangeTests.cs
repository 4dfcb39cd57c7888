using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Slots that change between two runs of a vCPU which has their data in its tables and their code decoded or
/// compiled.</summary>
public sealed class SlotChangeTests
{
    private const ulong Page = 4096;
    private const ulong Start = 0x40_0000;

    // Often enough for everything to be decoded, compiled and in the tables.
    private const int Runs = 5;

    [Theory, EngineData(IsSoftware = true)]
    public void Data_OfAnotherRegionAtTheSameAddress_IsSeen(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(rax, __qword_ptr[Start]);
            c.inc(__qword_ptr[Start + 8]);
            c.hlt();
        });
        using MemoryRegion first = Region(value: 1);
        using MemoryRegion second = Region(value: 2);
        for (int round = 0; round < 3; round++)
        {
            foreach ((MemoryRegion region, ulong value) in new[] { (first, 1ul), (second, 2ul) })
            {
                MemorySlot slot = guest.Machine.Map(region);
                for (int run = 0; run < Runs; run++)
                {
                    Assert.Equal(VmExitKind.Halt, RunFrom(guest, TinyGuest.CodeAddress).Kind);
                    Assert.Equal(value, guest.Registers.Rax);
                }

                guest.Machine.Unmap(slot);
                VmExit exit = RunFrom(guest, TinyGuest.CodeAddress);
                Assert.Equal((VmExitKind.MmioRead, Start), (exit.Kind, exit.Address.Value));
            }
        }

        Assert.Equal((3u * Runs, 3u * Runs), (first.GetHostSlice().Read<uint>(8), second.GetHostSlice().Read<uint>(8)));
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Code_OfAnotherRegionAtTheSameAddress_IsExecuted(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        using MemoryRegion first = CodeRegion(1);
        using MemoryRegion second = CodeRegion(2);
        for (int round = 0; round < 3; round++)
        {
            foreach ((MemoryRegion region, ulong value) in new[] { (first, 1ul), (second, 2ul) })
            {
                MemorySlot slot = guest.Machine.Map(region);
                for (int run = 0; run < Runs; run++)
                {
                    Assert.Equal(VmExitKind.Halt, RunFrom(guest, Start).Kind);
                    Assert.Equal(value * 100, guest.Registers.Rax);
                }

                guest.Machine.Unmap(slot);
                VmExit exit = RunFrom(guest, Start);
                Assert.Equal(VmExitKind.InternalError, exit.Kind);
                Assert.Contains("0x400000", exit.Reason, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>A call from memory that stays to memory that comes and goes: what was compiled as one is not executed any
    /// more.</summary>
    [Theory, EngineData(IsSoftware = true)]
    public void Code_ThatIsCalledFromCodeThatStays_IsTheOneThatIsThere(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            Iced.Intel.Label again = c.CreateLabel();
            c.mov(ebx, 20);
            c.Label(ref again);
            c.call(Start);
            c.dec(ebx);
            c.jnz(again);
            c.hlt();
        });
        foreach (uint value in new uint[] { 7, 8, 9 })
        {
            using MemoryRegion region = Region();
            Write(region, c =>
            {
                c.add(rbp, (int)value);
                c.ret();
            });
            MemorySlot slot = guest.Machine.Map(region);
            for (int run = 0; run < Runs; run++)
            {
                Assert.Equal(VmExitKind.Halt, RunFrom(guest, TinyGuest.CodeAddress).Kind);
                Assert.Equal(20u * value, guest.Registers.Rbp);
            }

            guest.Machine.Unmap(slot);
        }
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Code_InMemoryThatIsNeverWritable_IsExecutedAndItsWritesAreExits(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        using MemoryRegion rom = Region(options: RegionOptions.Default with { Permissions = MemoryAccess.ReadExecute });
        Write(rom, c =>
        {
            c.inc(rax);
            c.mov(__byte_ptr[Start], 0xF4);
            c.inc(rax);
            c.hlt();
        });
        guest.Machine.Map(rom);
        for (int run = 0; run < Runs; run++)
        {
            Assert.Equal(
                new VmExit { Kind = VmExitKind.MmioWrite, Address = Start, Size = 1, Value = 0xF4 }, RunFrom(guest, Start));
            Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
            Assert.Equal(2u, guest.Registers.Rax);
        }
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Code_InMemoryThatIsNotExecutable_StopsWithTheReason(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        using MemoryRegion data = Region(options: RegionOptions.Default with { Permissions = MemoryAccess.ReadWrite });
        Write(data, c => c.hlt());
        guest.Machine.Map(data);
        VmExit exit = RunFrom(guest, Start);
        Assert.Equal(VmExitKind.InternalError, exit.Kind);
        Assert.Contains("not executable", exit.Reason, StringComparison.Ordinal);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Writability_OfAnotherRegionAtTheSameAddress_IsThatOfTheOneThatIsThere(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.inc(__dword_ptr[Start]);
            c.hlt();
        });
        using MemoryRegion ram = Region();
        using MemoryRegion rom = Region(options: RegionOptions.ReadOnly);
        for (int round = 0; round < 3; round++)
        {
            MemorySlot slot = guest.Machine.Map(ram);
            for (int run = 0; run < Runs; run++)
                Assert.Equal(VmExitKind.Halt, RunFrom(guest, TinyGuest.CodeAddress).Kind);

            guest.Machine.Unmap(slot);
            slot = guest.Machine.Map(rom);
            VmExit exit = RunFrom(guest, TinyGuest.CodeAddress);
            Assert.Equal((VmExitKind.MmioWrite, 1ul), (exit.Kind, exit.Value));
            guest.Machine.Unmap(slot);
        }

        Assert.Equal((3u * Runs, 0u), (ram.GetHostSlice().Read<uint>(0), rom.GetHostSlice().Read<uint>(0)));
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Region_DisposedWhileItIsMapped_IsZerosForDataAndCode(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(rax, __qword_ptr[Start + 0x800]);
            c.hlt();
        });
        MemoryRegion region = CodeRegion(3);
        region.GetHostSlice().Write(0x800, 0x1234UL);
        MemorySlot slot = guest.Machine.Map(region);
        for (int run = 0; run < Runs; run++)
        {
            Assert.Equal(VmExitKind.Halt, RunFrom(guest, TinyGuest.CodeAddress).Kind);
            Assert.Equal(0x1234u, guest.Registers.Rax);
            Assert.Equal(VmExitKind.Halt, RunFrom(guest, Start).Kind);
        }

        region.Dispose();
        Assert.Equal(VmExitKind.Halt, RunFrom(guest, TinyGuest.CodeAddress).Kind);
        Assert.Equal(0u, guest.Registers.Rax);

        // Zeros are "add [rax], al": RAX leads to where no memory is.
        guest.Cpu.Registers = guest.Registers with { Rip = Start, Rax = TinyGuest.NoMemory };
        Assert.Equal(VmExitKind.MmioRead, guest.Cpu.Run().Kind);
        guest.Machine.Unmap(slot);
        VmExit exit = RunFrom(guest, TinyGuest.CodeAddress);
        Assert.Equal((VmExitKind.MmioRead, Start + 0x800), (exit.Kind, exit.Address.Value));
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Map_OverASlotThatIsThere_IsRefusedAndChangesNothing(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(rax, __qword_ptr[Start]);
            c.hlt();
        });
        using MemoryRegion region = Region(value: 4);
        guest.Machine.Map(region);
        using MemoryRegion other = MemoryRegion.Anonymous(Start, 2 * Page);
        Assert.Throws<ArgumentException>(() => guest.Machine.Map(other));
        Assert.Equal(VmExitKind.Halt, RunFrom(guest, TinyGuest.CodeAddress).Kind);
        Assert.Equal(4u, guest.Registers.Rax);
    }

    private static VmExit RunFrom(TinyGuest guest, ulong address)
    {
        TinyGuest.SetUp(guest.Cpu, address);
        return guest.Cpu.Run();
    }

    private static MemoryRegion Region(ulong value = 0, RegionOptions? options = null)
    {
        MemoryRegion region = MemoryRegion.Anonymous(Start, Page, options);
        region.GetHostSlice().Write(0, value);
        return region;
    }

    /// <summary>A region with a loop of a hundred rounds that adds a number up.</summary>
    private static MemoryRegion CodeRegion(int number)
    {
        MemoryRegion region = Region();
        Write(region, c =>
        {
            Iced.Intel.Label again = c.CreateLabel();
            c.mov(ecx, 100);
            c.Label(ref again);
            c.add(rax, number);
            c.dec(ecx);
            c.jnz(again);
            c.hlt();
        });
        return region;
    }

    private static void Write(MemoryRegion region, Action<Iced.Intel.Assembler> code)
    {
        var assembler = new Iced.Intel.Assembler(64);
        code(assembler);
        using var bytes = new MemoryStream();
        assembler.Assemble(new Iced.Intel.StreamCodeWriter(bytes), region.Start.Value);
        region.GetHostSlice().CopyFrom(0, bytes.ToArray());
    }
}
