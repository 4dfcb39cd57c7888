using Lodge.Machines;
using Lodge.Sandbox;
using MicroVm = Lodge.Sandbox.Sandbox;

namespace Lodge.Benchmarks.Sandboxes;

/// <summary>What a sandbox takes of the host's memory, of many that were made from one snapshot and have taken a call
/// each.</summary>
internal static class ResidentMemory
{
    private const int Sandboxes = 1000;

    /// <summary>KiB of the process for each.</summary>
    public static double Measure(IMachineEngine engine)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "guests", "hello.elf");
        using MicroVm first = MicroVm.Create(path, options => options.Engine = engine);
        first.Call<int>("EchoInt", 1);
        using Snapshot snapshot = first.TakeSnapshot();
        var all = new List<MicroVm>(Sandboxes);
        try
        {
            // The first few bring what all share.
            for (int i = 0; i < 10; i++)
                all.Add(Create(engine, snapshot));

            double before = ResidentKiB();
            int counted = Sandboxes - all.Count;
            while (all.Count < Sandboxes)
                all.Add(Create(engine, snapshot));

            return (ResidentKiB() - before) / counted;
        }
        finally
        {
            foreach (MicroVm sandbox in all)
                sandbox.Dispose();
        }
    }

    private static MicroVm Create(IMachineEngine engine, Snapshot snapshot)
    {
        MicroVm sandbox = MicroVm.Create(snapshot, options => options.Engine = engine);
        sandbox.Call<int>("EchoInt", 1);
        return sandbox;
    }

    private static double ResidentKiB()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet / 1024.0;
    }
}
