using System.Diagnostics;
using Lodge.Machines;

namespace Lodge.Benchmarks.Machines;

/// <summary>How long it takes to create a machine with a slot and a vCPU, and to let go of it. The region is there
/// already.</summary>
internal static class MachineCreation
{
    private const ulong RamBytes = 16 << 20;
    private const int WarmUps = 300;
    private const int Runs = 201;

    /// <summary>The median, in microseconds.</summary>
    public static double Measure(IMachineEngine engine)
    {
        using MemoryRegion ram = MemoryRegion.Anonymous(0, RamBytes);
        for (int i = 0; i < WarmUps; i++)
            CreateAndDispose(engine, ram);

        double[] times = new double[Runs];
        foreach (ref double time in times.AsSpan())
        {
            long start = Stopwatch.GetTimestamp();
            CreateAndDispose(engine, ram);
            time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return times[Runs / 2];
    }

    private static void CreateAndDispose(IMachineEngine engine, MemoryRegion ram)
    {
        using IVirtualMachine machine = engine.CreateMachine();
        machine.Map(ram);
        machine.CreateCpu();
    }
}
