using System.Runtime.CompilerServices;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="LiveGuestMemory.Current"/>.</summary>
internal sealed class LiveCurrentWorkload : Workload
{
    internal const int Count = 1024;

    private readonly GuestMemory _memory = GuestMemory.Anonymous(1 << 20);
    private readonly LiveGuestMemory _live;

    public LiveCurrentWorkload() => _live = new LiveGuestMemory(_memory);

    public override long OperationsPerBatch => Count;

    public override string WorkingSet => "one map";

    public override ulong RunBatch() => Run(_live, _memory);

    public override void Dispose() => _memory.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(LiveGuestMemory live, GuestMemory expected)
    {
        ulong same = 0;
        for (int i = 0; i < Count; i++)
        {
            if (ReferenceEquals(live.Current, expected))
                same++;
        }

        return same;
    }
}
