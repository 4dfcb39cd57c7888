using Xunit;

namespace Lodge.Machines.Tests;

public sealed class TranslatedCodeTests : IDisposable
{
    private const ulong RomStart = 0x40_0000;
    private const ulong Rounds = 1000;

    // A loop of RDI rounds that adds them up in RAX, and hlt.
    private static readonly byte[] Program = [0x31, 0xC0, 0x48, 0x01, 0xF8, 0x48, 0xFF, 0xCF, 0x75, 0xF8, 0xF4];

    private readonly MemoryRegion _rom = MemoryRegion.Anonymous(
        RomStart, 0x1000, new RegionOptions { Permissions = MemoryAccess.ReadExecute });

    public TranslatedCodeTests() => _rom.GetHostSlice().CopyFrom(0, Program);

    public void Dispose() => _rom.Dispose();

    [Fact]
    public void SharedCode_IsTranslatedOnceForAllMachines()
    {
        var code = new TranslatedCode(_rom);
        Assert.Equal(Sum(Rounds), Run(code, Rounds));
        long bytes = code.Bytes;
        Assert.True(bytes > 0);
        for (ulong machine = 1; machine <= 3; machine++)
            Assert.Equal(Sum(Rounds * machine), Run(code, Rounds * machine));

        Assert.Equal(bytes, code.Bytes);
    }

    [Fact]
    public void SharedCode_OfMemoryThatCanBeWritten_IsRefused()
    {
        using MemoryRegion ram = MemoryRegion.Anonymous(0, 0x1000);
        Assert.Throws<ArgumentException>(() => new TranslatedCode(ram));
    }

    [Fact]
    public void SharedCode_OfOtherMemory_IsRefusedWithoutASlot()
    {
        using MemoryRegion other = MemoryRegion.Anonymous(
            RomStart, 0x1000, new RegionOptions { Permissions = MemoryAccess.ReadExecute });
        using IVirtualMachine machine = Machines.Software.CreateMachine();
        Assert.Throws<ArgumentException>(() => machine.Map(other, new MemorySlotOptions { Code = new TranslatedCode(_rom) }));
        Assert.Empty(machine.Slots);
    }

    [Fact]
    public void Budget_BelowTheLeast_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TranslatedCode(_rom, (1 << 20) - 1));
        Assert.NotNull(new TranslatedCode(_rom, 1 << 20));
    }

    private static ulong Sum(ulong rounds) => rounds * (rounds + 1) / 2;

    private ulong Run(TranslatedCode code, ulong rounds)
    {
        using IVirtualMachine machine = new SoftwareEngine(new SoftwareOptions { CompilesAtOnce = true }).CreateMachine();
        using MemoryRegion ram = MemoryRegion.Anonymous(0, 0x10_0000);
        machine.Map(ram);
        machine.Map(_rom, new MemorySlotOptions { Code = code });
        var tables = new PageTableEditor(
            GuestMemory.Create(ram), PageTableFormat.X64FourLevels, new FrameAllocator(new GuestRange(0x1_0000, 0x1_0000)));
        tables.Map(_rom.Range, _rom.Start, MemoryAccess.ReadExecute);
        using IVirtualCpu cpu = machine.CreateCpu();
        cpu.SystemRegisters = SystemRegisters.LongMode(tables.Table.Root);
        cpu.Registers = new GeneralRegisters { Rip = RomStart, Rdi = rounds };
        Assert.Equal(VmExitKind.Halt, cpu.Run().Kind);
        return cpu.Registers.Rax;
    }
}
