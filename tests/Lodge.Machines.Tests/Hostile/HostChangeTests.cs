using Iced.Intel;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>The host changes memory and slots while a guest waits or runs.</summary>
public class HostChangeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private const ushort Port = 0x1234;

    public static IEnumerable<TheoryDataRow<string>> Engines()
        => TestEngines.All.Select(named => new TheoryDataRow<string>(named.Name) { Skip = named.Engine.MissingBecause });

    [Theory]
    [MemberData(nameof(Engines))]
    public void Code_ThatTheHostChangesBetweenExits_IsExecutedAsChanged(string engine)
    {
        using var guest = new HostileGuest(TestEngines.Get(engine));
        const ulong Function = HostileLayout.Scratch;
        guest.Assemble(code => code.AnonymousLoop(body =>
        {
            // Often enough that the function is worth compiling.
            Label again = body.CreateLabel();
            body.mov(ecx, 2_000);
            body.mov(rbx, Function);
            body.Label(ref again);
            body.call(rbx);
            body.dec(ecx);
            body.jne(again);
            body.mov(edx, Port);
            body.@out(dx, eax);
        }));
        for (uint i = 0; i < 50; i++)
        {
            guest.Memory.WriteExactly(Function, HostileGuest.Code(Function, code =>
            {
                code.mov(eax, i);
                code.ret();
            }));

            VmExit exit = guest.Guest.Cpu.Run();

            Assert.Equal(Exits.Out(Port, 4, i), exit);
        }

        guest.AssertHostIsUnchanged();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Slot_ThatIsTakenAwayWhileTheGuestWaits_IsNoMemoryAnyMore(string engine)
    {
        const ulong Start = HostileLayout.FarHole;
        using var guest = new HostileGuest(TestEngines.Get(engine));
        using MemoryRegion region = MemoryRegion.Anonymous(Start, 0x1000);
        MemorySlot slot = guest.Guest.Machine.Map(region);
        guest.Assemble(code => code.AnonymousLoop(body =>
        {
            body.mov(rbx, Start);
            body.inc(__dword_ptr[rbx]);
            body.mov(edx, Port);
            body.@out(dx, eax);
        }));
        IVirtualCpu cpu = guest.Guest.Cpu;
        Assert.Equal(VmExitKind.PortOut, cpu.Run().Kind);
        Assert.Equal(VmExitKind.PortOut, cpu.Run().Kind);
        Assert.Equal(2u, GuestMemory.Create(region).Read<uint>(Start));

        guest.Guest.Machine.Unmap(slot);

        Assert.Equal(Exits.Read(Start, 4), cpu.Run());
        cpu.Answer(41);
        Assert.Equal(Exits.Write(Start, 4, 42), cpu.Run());
        Assert.Equal(VmExitKind.PortOut, cpu.Run().Kind);
        Assert.Equal(2u, GuestMemory.Create(region).Read<uint>(Start));
        guest.Guest.Machine.Map(region);
        Assert.Equal(VmExitKind.PortOut, cpu.Run().Kind);
        Assert.Equal(3u, GuestMemory.Create(region).Read<uint>(Start));
    }

    // The collector stops threads by that barrier, and this thread allocates while the other one runs guest code.
    [ProcessWideBarrierTheory]
    [MemberData(nameof(Engines))]
    public void Slot_ThatComesAndGoesWhileTheGuestUsesIt_HarmsNobody(string engine)
    {
        const ulong Start = HostileLayout.FarHole;
        using var guest = new HostileGuest(TestEngines.Get(engine));
        using MemoryRegion region = MemoryRegion.Anonymous(Start, 0x1000);
        guest.Guest.OnOtherExit = exit => exit.Kind is VmExitKind.MmioRead or VmExitKind.MmioWrite;
        guest.Assemble(code =>
        {
            code.mov(rbx, Start);
            code.AnonymousLoop(body =>
            {
                body.inc(__dword_ptr[rbx]);
                body.mov(__qword_ptr[rbx + 8], rax);
            });
        });
        bool isOver = false;
        var changes = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
                guest.Guest.Machine.Unmap(guest.Guest.Machine.Map(region));
        });
        changes.Start();
        try
        {
            BareRun run = guest.Run(TimeSpan.FromMilliseconds(200));
            Assert.True(run.Exception is null, run.ToString());
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            changes.Join();
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Memory_ThatTheHostDisposesOf_ReadsAsZerosAndEndsTheGuest(string engine)
    {
        const ulong Start = HostileLayout.FarHole;
        using var guest = new HostileGuest(TestEngines.Get(engine));
        using MemoryRegion region = MemoryRegion.Anonymous(Start, 0x1000);
        guest.Guest.Machine.Map(region);
        GuestMemory.Create(region).Write(Start, 0x1234_5678_9ABC_DEF0UL);
        guest.Assemble(code =>
        {
            code.mov(rbx, Start);
            code.mov(rax, __qword_ptr[rbx]);
            code.SendResult();
            code.mov(rax, __qword_ptr[rbx]);
            code.SendResult();
        });
        IVirtualCpu cpu = guest.Guest.Cpu;
        Assert.Equal(0x9ABC_DEF0UL, cpu.Run().Value);
        Assert.Equal(0x1234_5678UL, cpu.Run().Value);

        region.Dispose();

        BareRun run = guest.Run(Limit);
        Assert.Equal(0UL, run.Result);
    }
}
