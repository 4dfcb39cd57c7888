using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

public sealed class CpuInterruptTests
{
    private const ulong Handler = 0x1800;
    private const ulong FaultHandler = 0x1900;

    [Theory, EngineData]
    public void TryInterrupt_InterruptsAllowed_IsDelivered(string engine)
    {
        using TinyGuest guest = WithHandler(engine, c =>
        {
            Iced.Intel.Label again = c.CreateLabel();
            c.sti();
            c.Label(ref again);
            c.jmp(again);
        });
        Assert.True(guest.Cpu.TryInterrupt(0x40));
        Assert.False(guest.Cpu.TryInterrupt(0x41));
        Assert.Equal(new VmExit { Kind = VmExitKind.PortOut, Port = 0x20, Size = 1, Value = 0x40 }, guest.Cpu.Run());
        Assert.True(guest.Cpu.TryInterrupt(0x41));
        Assert.Equal(0x41u, guest.Cpu.Run().Value);
    }

    [Theory, EngineData]
    public void TryInterrupt_InterruptsForbidden_Waits(string engine)
    {
        using TinyGuest guest = WithHandler(engine, c =>
        {
            Iced.Intel.Label again = c.CreateLabel();
            c.@out(0x10, al);
            c.@out(0x11, al);
            c.sti();
            c.Label(ref again);
            c.nop();
            c.@out(0x12, al);
            c.jmp(again);
        });
        Assert.True(guest.Cpu.TryInterrupt(0x40));
        Assert.Equal(0x10, guest.Cpu.Run().Port);
        Assert.False(guest.Cpu.TryInterrupt(0x41));
        Assert.Equal(0x11, guest.Cpu.Run().Port);

        // A KVM that interprets ring 0 may execute some instructions more before it looks.
        List<ushort> ports = [.. Enumerable.Range(0, 5).Select(_ => guest.Cpu.Run().Port)];
        Assert.Single(ports, port => port == 0x20);
        Assert.All(ports, port => Assert.True(port is 0x12 or 0x20));
    }

    [Theory, EngineData]
    public void TryInterrupt_HaltedGuest_WakesUp(string engine)
    {
        using TinyGuest guest = WithHandler(engine, c =>
        {
            c.sti();
            c.hlt();
            c.@out(0x10, al);
            c.hlt();
        });
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.True(guest.Cpu.TryInterrupt(0x40));
        Assert.Equal(0x40u, guest.Cpu.Run().Value);
        Assert.Equal(0x10, guest.Cpu.Run().Port);
    }

    [Theory, EngineData]
    public void TryInterrupt_BeforeAHalt_EndsItUnseen(string engine)
    {
        using TinyGuest guest = WithHandler(engine, c =>
        {
            c.sti();
            c.hlt();
            c.@out(0x10, al);
            c.hlt();
        });
        Assert.True(guest.Cpu.TryInterrupt(0x40));
        Assert.Equal(0x40u, guest.Cpu.Run().Value);
        Assert.Equal(0x10, guest.Cpu.Run().Port);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
    }

    [Theory, EngineData]
    public void TryInterrupt_VectorOfAnException_IsRefused(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        Assert.Throws<ArgumentOutOfRangeException>(() => guest.Cpu.TryInterrupt(15));
        Assert.True(guest.Cpu.TryInterrupt(16));
    }

    [Theory, EngineData(Needs = BareNeeds.PageFaults)]
    public void PageFault_HandlerMapsAPage_UserCodeRunsOn(string engine)
    {
        const ulong Lazy = 0x1000_0000;
        const ulong UserCode = 0x5000;
        using var guest = new TinyGuest(engine, c => c.hlt(), createCpu: false);
        guest.Load(UserCode, c =>
        {
            c.mov(rbx, Lazy + 0x123);
            c.mov(__dword_ptr[rbx], 0x4321);
            c.mov(eax, __dword_ptr[rbx]);
            c.mov(edi, 1);
            c.mov(rbx, TinyGuest.NoMemory * 2);
            c.mov(__dword_ptr[rbx], eax);
        });
        // Maps the page of 2 MiB to address 0.
        guest.Load(FaultHandler, c =>
        {
            c.push(rax);
            c.mov(rax, cr2);
            c.@out(0x30, eax);
            c.mov(__qword_ptr[TinyGuest.Pml4Address + 0x2000 + (Lazy >> 21 << 3)], 0x87);
            c.pop(rax);
            c.add(rsp, 8);
            c.iretq();
        });
        guest.Write(TinyGuest.Pml4Address + 0x2000 + (Lazy >> 21 << 3), 0);
        using IVirtualCpu cpu = guest.CreateCpu(UserCode, ring: 3);
        guest.InstallTables(cpu, (14, FaultHandler));
        Assert.Equal(new VmExit { Kind = VmExitKind.PortOut, Port = 0x30, Size = 4, Value = Lazy + 0x123 }, cpu.Run());
        Assert.Equal(
            new VmExit { Kind = VmExitKind.MmioWrite, Address = TinyGuest.NoMemory * 2, Size = 4, Value = 0x4321 }, cpu.Run());
        Assert.Equal(0x4321u, guest.Machine.Memory.Current.Read<uint>(0x123));
    }

    private static TinyGuest WithHandler(string engine, Action<Iced.Intel.Assembler> code)
    {
        var guest = new TinyGuest(engine, code);
        guest.InstallTables(guest.Cpu, (0x40, Handler), (0x41, Handler + 0x40));
        for (int i = 0; i < 2; i++)
        {
            int vector = 0x40 + i;
            guest.Load(Handler + (ulong)(i * 0x40), c =>
            {
                c.push(rax);
                c.mov(eax, vector);
                c.@out(0x20, al);
                c.pop(rax);
                c.iretq();
            });
        }

        return guest;
    }
}
