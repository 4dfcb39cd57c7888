using Lodge.Machines;
using Lodge.Sandbox;
using MicroVm = Lodge.Sandbox.Sandbox;

namespace Lodge.Benchmarks.Sandboxes;

/// <summary>How long things take with sandboxes of one engine: medians, in microseconds.</summary>
internal sealed class SandboxTimes(IMachineEngine engine)
{
    private const int DirtyPages = 10;
    private static readonly string Page = new('x', 4000);

    private static string PathOf(string guest) => Path.Combine(AppContext.BaseDirectory, "guests", guest);

    public double CreateFromElf()
        => MedianTime.Of(() => MicroVm.Create(PathOf("hello.elf"), options => options.Engine = engine).Dispose());

    public double CreateFromSnapshot()
    {
        using MicroVm first = MicroVm.Create(PathOf("hello.elf"), options => options.Engine = engine);
        using Snapshot snapshot = first.TakeSnapshot();
        return MedianTime.Of(() => MicroVm.Create(snapshot, options => options.Engine = engine).Dispose());
    }

    public double Call()
    {
        using MicroVm sandbox = MicroVm.Create(PathOf("hello.elf"), options => options.Engine = engine);
        return MedianTime.Of(() => sandbox.Call<int>("EchoInt", 1));
    }

    public double CallWithHostCall()
    {
        using MicroVm sandbox = MicroVm.Create(PathOf("hello.elf"), options =>
        {
            options.Engine = engine;
            options.AddHostFunction("GetWeekday", static () => "Friday");
        });
        return MedianTime.Of(() => sandbox.Call<string>("SayHello", "World"));
    }

    /// <summary>To restore a sandbox that has written ten pages of its heap, beside what the call itself has written.</summary>
    public double Restore(long heapBytes)
    {
        using MicroVm sandbox = WithHeap(heapBytes);
        using Snapshot clean = sandbox.TakeSnapshot();
        sandbox.Restore(clean);
        return MedianTime.Of(() => sandbox.Restore(clean), prepare: () => WritePages(sandbox));
    }

    /// <summary>To take a snapshot of a sandbox that has written ten pages of its heap since the last one.</summary>
    public double TakeSnapshot(long heapBytes)
    {
        using MicroVm sandbox = WithHeap(heapBytes);
        using Snapshot clean = sandbox.TakeSnapshot();
        return MedianTime.Of(
            () => sandbox.TakeSnapshot().Dispose(),
            prepare: () =>
            {
                sandbox.Restore(clean);
                WritePages(sandbox);
            });
    }

    /// <summary>SHA-256 of a megabyte.</summary>
    public double Digest()
    {
        using MicroVm sandbox = MicroVm.Create(PathOf("digest.elf"), options =>
        {
            options.Engine = engine;
            options.InputBufferSize = (1 << 20) + 4096;
            options.ScratchSize = 2 << 20;
        });
        byte[] bytes = new byte[1 << 20];
        return MedianTime.Of(() => sandbox.Call<byte[]>("Digest", bytes));
    }

    private MicroVm WithHeap(long heapBytes)
        => MicroVm.Create(PathOf("notes.elf"), options =>
        {
            options.Engine = engine;
            options.HeapSize = heapBytes;

            // Room for the page tables: 8 bytes for each page.
            options.ScratchSize = (512 << 10) + (heapBytes / 512);
        });

    private static void WritePages(MicroVm sandbox)
    {
        for (int i = 0; i < DirtyPages; i++)
            sandbox.Call("Put", $"{i}", Page);
    }
}
