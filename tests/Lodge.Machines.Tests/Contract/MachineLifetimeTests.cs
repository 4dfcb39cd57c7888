
using System.Runtime.CompilerServices;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

[Collection(ProcessStateCollection.Name)]
public sealed class MachineLifetimeTests
{
    private const int Machines1000 = 1000;

    [Theory, EngineData(NeedsLinux = true)]
    public void Dispose_AThousandMachines_LeavesNoDescriptorsAndNoMappings(string engine)
    {
        MakeUseAndDispose(engine);
        Collector.Collect();
        int descriptors = ProcessCounters.Descriptors;
        int mappings = ProcessCounters.Mappings;
        for (int i = 0; i < Machines1000; i++)
            MakeUseAndDispose(engine);

        Assert.InRange(ProcessCounters.Descriptors, 0, descriptors + 2);
        Assert.True(
            Collector.CollectUntil(() => ProcessCounters.Mappings <= mappings + 20),
            $"{mappings} mappings became {ProcessCounters.Mappings}.");
        Assert.DoesNotContain(File.ReadLines("/proc/self/maps"), line => line.Contains("kvm-vcpu", StringComparison.Ordinal));
    }

    [Theory, EngineData(NeedsLinux = true)]
    public void Finalizers_MachinesThatNobodyDisposedOf_LeaveNothing(string engine)
    {
        Collector.InFrameOfItsOwn(() => MakeAndForget(engine));
        Collector.Collect();
        int descriptors = ProcessCounters.Descriptors;
        int mappings = ProcessCounters.Mappings;
        for (int i = 0; i < 50; i++)
            Collector.InFrameOfItsOwn(() => MakeAndForget(engine));

        Assert.True(
            Collector.CollectUntil(
                () => ProcessCounters.Descriptors <= descriptors + 2 && ProcessCounters.Mappings <= mappings + 10),
            $"{descriptors} descriptors became {ProcessCounters.Descriptors}, {mappings} mappings {ProcessCounters.Mappings}.");
    }

    [Theory, EngineData]
    public void Unmap_RegionThatIsNotHeldAnyMore_GivesItsAddressesBack(string engine)
    {
        using IVirtualMachine machine = TestEngines.Get(engine).CreateMachine();
        var slot = new StrongBox<MemorySlot?>();
        WeakReference mapping = Collector.InFrameOfItsOwn(() =>
        {
            slot.Value = machine.Map(MemoryRegion.Anonymous(0, 4096));
            return new WeakReference(slot.Value.Region.Mapping);
        });
        Collector.Collect();
        Assert.True(mapping.IsAlive);
        Collector.LetGo(slot, machine.Unmap);
        Assert.True(Collector.CollectUntil(() => !mapping.IsAlive));
    }

    [Theory, EngineData]
    public void Dispose_Machine_LetsGoOfItsSlotsAndRefusesFurtherUse(string engine)
    {
        using MemoryRegion region = MemoryRegion.Anonymous(0, 4096);
        IVirtualMachine machine = TestEngines.Get(engine).CreateMachine();
        MemorySlot slot = machine.Map(region);
        IVirtualCpu cpu = machine.CreateCpu();
        machine.Dispose();
        machine.Dispose();
        Assert.False(slot.IsMapped);
        Assert.False(region.IsDisposed);
        Assert.Empty(machine.Slots);
        Assert.Empty(machine.Memory.Current.Regions);
        Assert.Throws<ObjectDisposedException>(() => machine.Map(region));
        Assert.Throws<ObjectDisposedException>(machine.CreateCpu);
        Assert.Throws<ObjectDisposedException>(() => machine.Unmap(slot));
        Assert.Throws<ObjectDisposedException>(() => cpu.Run());
        Assert.Throws<ObjectDisposedException>(() => cpu.Registers);
        cpu.Dispose();
    }

    /// <summary>It is refused while a vCPU runs; tried again it succeeds, and the vCPU does not run any more.</summary>
    [Theory, EngineData]
    public void Dispose_WhileAVCpuBeginsAndEndsRuns_RefusesOrDisposesOfAll(string engine)
    {
        for (int i = 0; i < TestCycles.Or(200); i++)
        {
            using var guest = new TinyGuest(engine, OutForEver);
            using var begun = new ManualResetEventSlim();
            var runner = new Thread(() =>
            {
                while (TryRun(guest.Cpu))
                {
                    begun.Set();

                    // Else the time between runs is too short to be met on a busy machine.
                    Thread.Yield();
                }
            });
            runner.Start();
            begun.Wait(TestContext.Current.CancellationToken);
            while (!TryDispose(guest.Machine))
                Thread.Yield();

            Assert.False(guest.RamSlot.IsMapped);
            Assert.True(runner.Join(TimeSpan.FromSeconds(10)), "The vCPU runs after its disposal.");
        }
    }

    [Theory, EngineData]
    public void Run_AllocatesNothing(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            Iced.Intel.Label again = c.CreateLabel();
            c.Label(ref again);
            c.@out(0x10, al);
            c.@in(al, 0x10);
            c.jmp(again);
        });

        // Until all that becomes compiled is.
        RunMany(guest.Cpu, 4000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunMany(guest.Cpu, 2000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void OutForEver(Iced.Intel.Assembler c)
    {
        Iced.Intel.Label again = c.CreateLabel();
        c.Label(ref again);
        c.@out(0x10, al);
        c.jmp(again);
    }

    private static bool TryRun(IVirtualCpu cpu)
    {
        try
        {
            cpu.Run();
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // It is being disposed of.
            return true;
        }
    }

    private static bool TryDispose(IVirtualMachine machine)
    {
        try
        {
            machine.Dispose();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void RunMany(IVirtualCpu cpu, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (cpu.Run().Kind == VmExitKind.PortIn)
                cpu.Answer(5);
        }
    }

    private static void MakeUseAndDispose(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        using IVirtualCpu other = guest.CreateCpu();
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
    }

    private static bool MakeAndForget(string engine)
    {
        var guest = new TinyGuest(engine, c => c.hlt());
        return guest.Cpu.Run().Kind == VmExitKind.Halt;
    }
}
