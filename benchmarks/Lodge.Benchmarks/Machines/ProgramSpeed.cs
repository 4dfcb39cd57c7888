using System.Diagnostics;
using Lodge.Machines;
using Lodge.Machines.Tests;

namespace Lodge.Benchmarks.Machines;

/// <summary>How fast the software engine runs a program of <c>guests/bare</c>.</summary>
internal static class ProgramSpeed
{
    private const int WarmUps = 6;
    private const int Runs = 9;

    // What is executed often is compiled in the background, and the runtime compiles its own loops again, some 100 ms later.
    private static readonly TimeSpan WarmUpPause = TimeSpan.FromMilliseconds(150);

    /// <summary>The median of millions of instructions a second, by the vCPU's own count, in which a repeated string instruction
    /// is one.</summary>
    public static double Measure(string name, SoftwareEngine engine)
    {
        BareProgram program = BarePrograms.All.Single(program => program.Name == name);
        using var guest = new BareGuest(engine);
        guest.Start(BareImages.Load(name));
        for (int i = 0; i < WarmUps; i++)
        {
            RunOnce(guest, program.Long);
            Thread.Sleep(WarmUpPause);
        }

        double[] speeds = new double[Runs];
        foreach (ref double speed in speeds.AsSpan())
            speed = RunOnce(guest, program.Long);

        Array.Sort(speeds);
        return speeds[Runs / 2];
    }

    private static double RunOnce(BareGuest guest, BareCase values)
    {
        var cpu = (SoftwareCpu)guest.Cpu;
        guest.Restart(values.First, values.Second, values.Third);
        ulong before = cpu.InstructionsExecuted;
        long start = Stopwatch.GetTimestamp();
        BareRun run = guest.Run();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        if (run.Result != values.Expected)
            throw new InvalidOperationException($"The result was to be 0x{values.Expected:x}, and came {run}.");

        return (cpu.InstructionsExecuted - before) / elapsed.TotalMicroseconds;
    }
}
