using Microsoft.Extensions.Logging;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

public sealed class UnknownInstructionTests
{
    private const ulong Handler = 0x1800;
    private const int UndefinedVector = 6;
    private const int MostLines = 1000;

    // Those that later processors have, and those that this one leaves out; each with its bytes.
    [Theory]
    [EngineData("vaddps", "C5F458C2", IsSoftware = true)]
    [EngineData("fadd", "D8C1", IsSoftware = true)]
    [EngineData("pshufb", "660F3800C1", IsSoftware = true)]
    [EngineData("paddb mm", "0FFCC1", IsSoftware = true)]
    [EngineData("cmpxchg16b", "480FC70B", IsSoftware = true)]
    [EngineData("vmcall", "0F01C1", IsSoftware = true)]
    public void UnknownInstruction_IsUndefinedAndLoggedOnceWithItsNameAndAddress(string engine, string name, string bytes)
    {
        var logger = new ListLogger();
        using TinyGuest guest = MakeGuest(engine, logger);
        byte[] code = Convert.FromHexString(bytes);
        guest.Ram.GetHostSlice().CopyFrom(TinyGuest.CodeAddress, code);
        for (int i = 0; i < 5; i++)
        {
            guest.Cpu.Registers = guest.Registers with { Rip = TinyGuest.CodeAddress, Rsp = TinyGuest.StackTop };
            Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
            Assert.Equal(TinyGuest.CodeAddress, guest.Read(guest.Registers.Rsp));
        }

        (LogLevel level, string text) = Assert.Single(logger.Lines);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains(name, text, StringComparison.Ordinal);
        Assert.Contains("0x1000 ", text, StringComparison.Ordinal);
    }

    /// <summary><c>ud2</c> is there to be undefined, and bytes that are no instruction of any processor are as well.</summary>
    [Theory]
    [EngineData("0F0B", IsSoftware = true)]
    public void InstructionThatIsMeantToBeUndefined_IsNotLogged(string engine, string bytes)
    {
        var logger = new ListLogger();
        using TinyGuest guest = MakeGuest(engine, logger);
        guest.Ram.GetHostSlice().CopyFrom(TinyGuest.CodeAddress, Convert.FromHexString(bytes));
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Empty(logger.Lines);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void UnknownInstructions_AtManyAddresses_AreLoggedUpToABound(string engine)
    {
        var logger = new ListLogger();
        using TinyGuest guest = MakeGuest(engine, logger);
        for (ulong i = 0; i < 2 * MostLines; i++)
        {
            ulong address = TinyGuest.DataAddress + (i * 8);
            guest.Write(address, 0xC1D8);
            guest.Cpu.Registers = guest.Registers with { Rip = address, Rsp = TinyGuest.StackTop };
            Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
            Assert.Equal(address, guest.Read(guest.Registers.Rsp));
        }

        Assert.Equal(MostLines, logger.Lines.Count);
        Assert.Equal(MostLines, logger.Lines.Distinct().Count());
    }

    [Theory, EngineData(IsSoftware = true)]
    public void UnknownInstruction_WithoutALogger_IsUndefined(string engine)
    {
        using TinyGuest guest = MakeGuest(engine, logger: null);
        guest.Write(TinyGuest.CodeAddress, 0xC1D8);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(Handler + 1, guest.Registers.Rip);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void UnknownInstruction_OnTwoProcessors_IsLoggedOnce(string engine)
    {
        var logger = new ListLogger();
        using TinyGuest guest = MakeGuest(engine, logger);
        guest.Write(TinyGuest.CodeAddress, 0xC1D8);
        using IVirtualCpu other = guest.CreateCpu();
        guest.InstallTables(other, (UndefinedVector, Handler));
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(VmExitKind.Halt, other.Run().Kind);
        Assert.Single(logger.Lines);
    }

    /// <summary>The line says that it raises #UD.</summary>
    [Theory, EngineData(IsSoftware = true)]
    public void UnknownInstruction_ThatIsNotExecuted_IsNotLogged(string engine)
    {
        var logger = new ListLogger();
        using TinyGuest guest = MakeGuest(engine, logger);
        guest.Load(TinyGuest.CodeAddress, c =>
        {
            c.mov(al, __byte_ptr[0x7FFF_0000_0000]);
            c.fadd(st0, st1);
        });
        guest.SetGate(14, Handler);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Empty(logger.Lines);
    }

    private static TinyGuest MakeGuest(string engine, ILogger? logger)
    {
        var guest = new TinyGuest(TestEngines.Variant(engine, options => options with { Logger = logger }), c => c.nop());
        guest.Load(Handler, c => c.hlt());
        guest.InstallTables(guest.Cpu, (UndefinedVector, Handler));
        return guest;
    }
}
