using System.Diagnostics;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>A vCPU that does not run belongs to the thread that uses it, while others change the machine's slots.</summary>
public sealed class IdleProcessorTests
{
    private const ulong Second = 0x40_0000;
    private const ulong SecondRoot = TinyGuest.Pml4Address + 0x8000;
    private const ulong PresentWritableUser = 7;
    private const ulong LargePage = 1 << 7;

    private static readonly TimeSpan Tried = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ControlTried = TimeSpan.FromSeconds(30);

    /// <summary>Two tables of pages by turns, in each of which the same address leads to another number. The control sets the
    /// registers past what keeps the mappers' threads away.</summary>
    [Theory]
    [EngineData(false, IsSoftware = true)]
    [EngineData(true, IsSoftware = true)]
    public void SystemRegisters_SetWhileOthersMap_AreWhatWasSet(string engine, bool isControl)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(rax, __qword_ptr[TinyGuest.DataAddress]);
            c.hlt();
        });
        using MemoryRegion more = MapSecond(guest);
        var cpu = (SoftwareCpu)guest.Cpu;
        GeneralRegisters start = cpu.Registers;
        SystemRegisters first = cpu.SystemRegisters;
        SystemRegisters second = first with { Cr3 = SecondRoot };
        int wrong = 0;
        int rounds = 0;
        using (var crew = new Crew())
        {
            for (ulong number = 0; number < 2; number++)
            {
                MemoryRegion region = MemoryRegion.Anonymous(0x5000_0000 + (number << 20), 4096);
                crew.Start(() => guest.Machine.Unmap(guest.Machine.Map(region)));
            }

            var clock = Stopwatch.StartNew();
            while (isControl ? wrong == 0 && clock.Elapsed < ControlTried : clock.Elapsed < Tried)
            {
                bool isSecond = (rounds++ & 1) != 0;
                if (isControl)
                    cpu.Processor.SetSystem(isSecond ? second : first);
                else
                    cpu.SystemRegisters = isSecond ? second : first;

                cpu.Registers = start;
                VmExit exit = cpu.Run();
                if (exit.Kind != VmExitKind.Halt || cpu.Registers.Rax != (isSecond ? 2u : 1u))
                    wrong++;
            }
        }

        Assert.True(wrong != 0 == isControl, $"{wrong} of {rounds} runs used other tables of pages than were set.");
    }

    /// <summary>Tables in which the first 2 MiB lie at 2 MiB more, with code and a number of their own.</summary>
    private static MemoryRegion MapSecond(TinyGuest guest)
    {
        MemoryRegion region = MemoryRegion.Anonymous(Second, 2 << 20);
        guest.Machine.Map(region);
        guest.Write(SecondRoot, (SecondRoot + 0x1000) | PresentWritableUser);
        guest.Write(SecondRoot + 0x1000, (SecondRoot + 0x2000) | PresentWritableUser);
        guest.Write(SecondRoot + 0x2000, Second | PresentWritableUser | LargePage);
        byte[] code = new byte[0x100];
        guest.Ram.GetHostSlice().CopyTo(TinyGuest.CodeAddress, code);
        region.GetHostSlice().CopyFrom(TinyGuest.CodeAddress, code);
        guest.Write(TinyGuest.DataAddress, 1);
        guest.Write(Second + TinyGuest.DataAddress, 2);
        return region;
    }
}
