using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>How the processor itself accesses descriptor tables and the stacks of handlers.</summary>
public sealed class SystemTableTests
{
    private const ulong Handler = 0x1800;
    private const ulong Smap = 1 << 21;
    private const ulong AlignmentCheck = 1 << 18;
    private const byte Vector = 0x40;

    /// <summary>All pages are the user's. AC lets the kernel's code read them, and not what the processor reads by
    /// itself.</summary>
    [Theory]
    [EngineData(0ul, AlignmentCheck, true, VmExitKind.Halt, IsSoftware = true)]
    [EngineData(Smap, AlignmentCheck, true, VmExitKind.Shutdown, IsSoftware = true)]
    [EngineData(Smap, AlignmentCheck, false, VmExitKind.Halt, IsSoftware = true)]
    [EngineData(Smap, 0ul, false, VmExitKind.Shutdown, IsSoftware = true)]
    public void Smap_WithAc_HoldsForTablesOnly(string engine, ulong cr4, ulong rflags, bool isTable, VmExitKind end)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            if (isTable)
                c.mov(ds, ebx);
            else
                c.push(rax);

            c.hlt();
        });
        guest.InstallTables(guest.Cpu);
        SetUp(guest, cr4, rflags);
        Assert.Equal(end, guest.Cpu.Run().Kind);
    }

    /// <summary>The tables are the kernel's, and the stack is the user's: a frame is pushed as code would push it.</summary>
    [Theory]
    [EngineData(AlignmentCheck, VmExitKind.Halt, IsSoftware = true)]
    [EngineData(0ul, VmExitKind.Shutdown, IsSoftware = true)]
    public void Smap_FrameOfAnInterrupt_IsPushedAsAcSays(string engine, ulong rflags, VmExitKind end)
    {
        const ulong Tables = 0x40_0000;
        const int TableBytes = 0x3000;
        using var guest = new TinyGuest(engine, c => c.@int(Vector));
        guest.Load(Handler, c => c.hlt());
        guest.InstallTables(guest.Cpu, (Vector, Handler));
        using MemoryRegion region = MemoryRegion.Anonymous(Tables, 2 << 20);
        guest.Machine.Map(region);
        guest.Write(TinyGuest.Pml4Address + 0x2000 + (Tables >> 21 << 3), Tables | 0x83);
        byte[] tables = new byte[TableBytes];
        guest.Ram.GetHostSlice().CopyTo(TinyGuest.IdtAddress, tables);
        region.GetHostSlice().CopyFrom(0, tables);
        guest.Cpu.SystemRegisters = guest.Cpu.SystemRegisters with
        {
            Idt = new DescriptorTable { Base = Tables, Limit = 0xFFF },
            Gdt = new DescriptorTable { Base = Tables + TinyGuest.GdtAddress - TinyGuest.IdtAddress, Limit = 0x37 },
        };
        SetUp(guest, Smap, rflags);
        Assert.Equal(end, guest.Cpu.Run().Kind);
    }

    /// <summary>A descriptor whose last four bytes are the beginning of <c>mov eax, 0xCFF2; ret</c>, in another line or on
    /// another page than the others: when it is marked as accessed, the code is another.</summary>
    [Theory]
    [EngineData(0x5040ul, IsSoftware = true)]
    [EngineData(0x6000ul, IsSoftware = true)]
    public void Descriptor_MarkedAsAccessed_ChangesCodeThere(string engine, ulong code)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(edx, (int)code);
            c.call(rdx);
            c.mov(esi, eax);
            c.mov(ds, ebx);
            c.call(rdx);
            c.hlt();
        });
        guest.Ram.GetHostSlice().CopyFrom(code - 4, new byte[] { 0xFF, 0xFF, 0, 0, 0xB8, 0xF2, 0xCF, 0x00, 0x00, 0xC3 });
        guest.Cpu.SystemRegisters = guest.Cpu.SystemRegisters with
        {
            Gdt = new DescriptorTable { Base = code - 4 - 0x38, Limit = 0x3F },
        };
        guest.Cpu.Registers = guest.Registers with { Rbx = 0x38 };
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal((0xCFF2ul, 0xCFF3ul), (guest.Registers.Rsi, guest.Registers.Rax));
    }

    private static void SetUp(TinyGuest guest, ulong cr4, ulong rflags)
    {
        guest.Cpu.SystemRegisters = guest.Cpu.SystemRegisters with { Cr4 = guest.Cpu.SystemRegisters.Cr4 | cr4 };
        guest.Cpu.Registers = guest.Registers with
        {
            Rbx = TinyGuest.DataSelector,
            Rflags = GeneralRegisters.FixedFlags | rflags,
        };
    }
}
