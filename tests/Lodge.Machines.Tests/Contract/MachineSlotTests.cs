using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

public sealed class MachineSlotTests
{
    private const ulong Page = 4096;
    private const ulong Start = 0x40_0000;

    [Theory, EngineData]
    public void Map_SlotsAndMemory_AreInTheOrderOfAddresses(string engine)
    {
        using IVirtualMachine machine = TestEngines.Get(engine).CreateMachine();
        using MemoryRegion high = MemoryRegion.Anonymous(Start + (8 * Page), Page);
        using MemoryRegion low = MemoryRegion.Anonymous(Start, Page);
        using MemoryRegion middle = MemoryRegion.Anonymous(Start + Page, Page);
        MemorySlot[] slots = [machine.Map(high), machine.Map(low), machine.Map(middle)];
        Assert.Equal([slots[1], slots[2], slots[0]], machine.Slots);
        Assert.Equal([low, middle, high], machine.Memory.Current.Regions);
        Assert.Equal([0, 1, 2], slots.Select(slot => slot.Number));
        Assert.All(slots, slot => Assert.Same(machine, slot.Machine));
    }

    [Theory, EngineData]
    public void Unmap_FreesTheNumberForTheNextSlot(string engine)
    {
        using IVirtualMachine machine = TestEngines.Get(engine).CreateMachine();
        using MemoryRegion first = MemoryRegion.Anonymous(Start, Page);
        using MemoryRegion second = MemoryRegion.Anonymous(Start + Page, Page);
        MemorySlot slot = machine.Map(first);
        machine.Map(second);
        machine.Unmap(slot);
        Assert.False(slot.IsMapped);
        Assert.Single(machine.Slots);
        Assert.Equal([second], machine.Memory.Current.Regions);
        Assert.Equal(slot.Number, machine.Map(first).Number);
    }

    [Theory, EngineData]
    public void Map_WhatCannotBeASlot_IsRefusedAndLeavesNothing(string engine)
    {
        using IVirtualMachine machine = TestEngines.Get(engine).CreateMachine();
        using MemoryRegion there = MemoryRegion.Anonymous(Start, 2 * Page);
        machine.Map(there);
        Refused(MemoryRegion.Anonymous(Start + Page, Page), "overlaps");
        Refused(MemoryRegion.Anonymous(Start - Page, 4 * Page), "overlaps");
        Refused(MemoryRegion.Anonymous(0x100, Page), "multiples of 4 KiB");
        Refused(MemoryRegion.Anonymous(0x1000, 0x800), "multiples of 4 KiB");
        Refused(
            MemoryRegion.Anonymous(0, Page, RegionOptions.Default with { Permissions = MemoryAccess.Execute }), "cannot be read");
        using HostMapping mapping = HostMapping.Anonymous(2 * Page);
        Refused(MemoryRegion.FromMapping(0, mapping, 0x800, Page), "in the host");
        MemoryRegion disposed = MemoryRegion.Anonymous(0, Page);
        disposed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => machine.Map(disposed));
        Assert.Single(machine.Slots);
        Assert.Equal([there], machine.Memory.Current.Regions);

        void Refused(MemoryRegion region, string because)
        {
            ArgumentException refused = Assert.Throws<ArgumentException>(() => machine.Map(region));
            Assert.Contains(because, refused.Message, StringComparison.Ordinal);
            region.Dispose();
        }
    }

    [Theory, EngineData]
    public void Unmap_SlotOfAnotherMachineOrTwice_IsRefused(string engine)
    {
        using IVirtualMachine machine = TestEngines.Get(engine).CreateMachine();
        using IVirtualMachine other = TestEngines.Get(engine).CreateMachine();
        using MemoryRegion region = MemoryRegion.Anonymous(Start, Page);
        MemorySlot slot = machine.Map(region);
        Assert.Throws<ArgumentException>(() => other.Unmap(slot));
        machine.Unmap(slot);
        Assert.Throws<ArgumentException>(() => machine.Unmap(slot));
        Assert.Throws<ArgumentException>(() => machine.SetDirtyLogging(slot, true));
        Assert.Throws<ArgumentException>(() => machine.HarvestDirty(slot, new DirtyPages()));
    }

    [Theory, EngineData]
    public void Run_RegionDisposedOf_ReadsZerosAndNobodyElsesMemory(string engine)
    {
        using var guest = new TinyGuest(engine, Reader);
        MemoryRegion region = MemoryRegion.Anonymous(Start, Page);
        guest.Machine.Map(region);
        region.GetHostSlice().Write(0, 0x1234UL);
        Assert.Equal(0x1234u, guest.Cpu.Run().Value);
        region.Dispose();
        Assert.Equal(0u, guest.Cpu.Run().Value);

        // Another region can be mapped although one in the memory is gone.
        using MemoryRegion next = MemoryRegion.Anonymous(Start + Page, Page);
        guest.Machine.Map(next);
        Assert.Equal(3, guest.Machine.Slots.Count);
        Assert.Equal(0u, guest.Cpu.Run().Value);
    }

    [Theory, EngineData]
    public void Run_SlotUnmapped_IsMmio(string engine)
    {
        using var guest = new TinyGuest(engine, Reader);
        using MemoryRegion region = MemoryRegion.Anonymous(Start, Page);
        MemorySlot slot = guest.Machine.Map(region);
        region.GetHostSlice().Write(0, 7UL);
        Assert.Equal(7u, guest.Cpu.Run().Value);
        guest.Machine.Unmap(slot);
        Assert.Equal(new VmExit { Kind = VmExitKind.MmioRead, Address = Start, Size = 4 }, guest.Cpu.Run());
        guest.Cpu.Answer(8);
        Assert.Equal(8u, guest.Cpu.Run().Value);
        guest.Machine.Map(region);
        Assert.Equal(7u, guest.Cpu.Run().Value);
    }

    [Theory, EngineData]
    public void Run_CopyOnWriteRegion_KeepsTheFileAsItIs(string engine)
    {
        using SharedMemoryFile file = SharedMemoryFile.Create(Page, "kvm");
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(rbx, Start);
            c.inc(__qword_ptr[rbx]);
            c.hlt();
        });
        using MemoryRegion region = MemoryRegion.CopyOnWrite(Start, file, 0, Page);
        using MemoryRegion original = MemoryRegion.Shared(0, file, 0, Page);
        original.GetHostSlice().Write(0, 41UL);
        guest.Machine.Map(region);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(42u, region.GetHostSlice().Read<ulong>(0));
        Assert.Equal(41u, original.GetHostSlice().Read<ulong>(0));
    }

    [Theory, EngineData]
    public void MapAndUnmap_FromSeveralThreadsWhileTheGuestRuns_StayConsistent(string engine)
    {
        const int Rounds = 200;
        using var guest = new TinyGuest(engine, c =>
        {
            Iced.Intel.Label again = c.CreateLabel();
            c.mov(rbx, Start);
            c.Label(ref again);
            c.mov(eax, __dword_ptr[rbx]);
            c.jmp(again);
        });
        bool stopped = false;
        var runner = new Thread(() =>
        {
            while (!Volatile.Read(ref stopped))
            {
                VmExit exit = guest.Cpu.Run();
                Assert.True(exit.Kind is VmExitKind.MmioRead or VmExitKind.Cancelled, exit.ToString());
            }
        });
        runner.Start();
        Parallel.For(0, 3, number =>
        {
            using MemoryRegion region = MemoryRegion.Anonymous(Start + ((ulong)number * Page), Page);
            for (int i = 0; i < Rounds; i++)
            {
                MemorySlot slot = guest.Machine.Map(region);
                Assert.Contains(slot, guest.Machine.Slots);
                guest.Machine.Memory.Current.Write(region.Start, i);
                guest.Machine.Unmap(slot);
            }
        });
        Volatile.Write(ref stopped, true);
        guest.Cpu.Cancel();
        runner.Join();
        Assert.Equal([guest.RamSlot], guest.Machine.Slots);
        Assert.Equal([guest.Ram], guest.Machine.Memory.Current.Regions);
    }

    private static void Reader(Iced.Intel.Assembler c)
    {
        Iced.Intel.Label again = c.CreateLabel();
        c.mov(rbx, Start);
        c.Label(ref again);
        c.mov(eax, __dword_ptr[rbx]);
        c.@out(0x10, eax);
        c.jmp(again);
    }
}
