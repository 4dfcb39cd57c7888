using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>What the processor does is what it says that it has.</summary>
public sealed class ProcessorModelTests
{
    private const ulong Handler = 0x1800;
    private const ulong DebuggingExtensions = 1 << 3;
    private const int UndefinedVector = 6;

    /// <summary>Without BMI1 the encoding of <c>tzcnt</c> is <c>bsf</c>, which leaves the destination where there is no
    /// bit.</summary>
    [Theory, EngineData(IsSoftware = true)]
    public void BitCounts_AreThoseThatCpuidAnnounces(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(eax, 7);
            c.xor(ecx, ecx);
            c.cpuid();
            c.mov(esi, ebx);
            c.mov(eax, unchecked((int)0x8000_0001));
            c.cpuid();
            c.mov(edi, ecx);
            c.xor(ecx, ecx);
            c.mov(eax, 0x777);
            c.mov(ebx, 0x777);
            c.tzcnt(eax, ecx);
            c.lzcnt(ebx, ecx);
            c.hlt();
        });
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        bool hasBmi1 = (guest.Registers.Rsi & (1 << 3)) != 0;
        bool hasLzcnt = (guest.Registers.Rdi & (1 << 5)) != 0;
        Assert.Equal((hasBmi1, hasBmi1 ? 32u : 0x777ul), (false, guest.Registers.Rax));
        Assert.Equal((hasLzcnt, hasLzcnt ? 32u : 0x777ul), (true, guest.Registers.Rbx));
    }

    [Theory]
    [EngineData(0ul, true, IsSoftware = true)]
    [EngineData(0ul, false, IsSoftware = true)]
    [EngineData(DebuggingExtensions, true, IsSoftware = true)]
    [EngineData(DebuggingExtensions, false, IsSoftware = true)]
    public void DebugRegisters4And5_AreThereWithoutDebuggingExtensions(string engine, ulong cr4, bool isRead)
    {
        // To and from DR4.
        using var guest = new TinyGuest(engine, c =>
        {
            c.db(0x0F, isRead ? (byte)0x21 : (byte)0x23, 0xE0);
            c.hlt();
        });
        guest.Load(Handler, c => c.hlt());
        guest.InstallTables(guest.Cpu, (UndefinedVector, Handler));
        guest.Cpu.SystemRegisters = guest.Cpu.SystemRegisters with { Cr4 = guest.Cpu.SystemRegisters.Cr4 | cr4 };
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(cr4 != 0 ? Handler + 1 : TinyGuest.CodeAddress + 4, guest.Registers.Rip);
    }

    [Theory]
    [EngineData(0xFFFF_FFFFul, 0xFFFF_EFFFul, 0xFFFF_27FFul, IsSoftware = true)]
    [EngineData(0ul, DebugRegisters.InitialDr6, DebugRegisters.InitialDr7, IsSoftware = true)]
    public void DebugRegisters_ReservedBits_StayWhatTheyAre(string engine, ulong written, ulong dr6Then, ulong dr7Then)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(dr7, rax);
            c.mov(dr6, rax);
            c.mov(rbx, dr7);
            c.mov(rcx, dr6);
            c.hlt();
        });
        guest.Cpu.Registers = guest.Registers with { Rax = written };
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal((dr6Then, dr7Then), (guest.Registers.Rcx, guest.Registers.Rbx));
    }
}
