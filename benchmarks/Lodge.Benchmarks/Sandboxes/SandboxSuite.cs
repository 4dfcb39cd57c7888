using Lodge.Benchmarks.Quick;
using Engines = Lodge.Machines.Machines;

namespace Lodge.Benchmarks.Sandboxes;

/// <summary>The rows of Lodge.Sandbox.</summary>
internal sealed class SandboxSuite : IQuickSuite
{
    private const long DefaultHeap = 128 << 10;
    private const long MiB = 1 << 20;

    public IEnumerable<QuickRow> GetRows()
    {
        var times = new SandboxTimes(Engines.Software);
        yield return Time("create-from-elf", times.CreateFromElf, 3_000);
        yield return Time("create-from-snapshot", times.CreateFromSnapshot, 300);
        yield return Time("call", times.Call, 15);
        yield return Time("call-with-host-call", times.CallWithHostCall, 30);
        yield return Time("restore/default-heap", () => times.Restore(DefaultHeap), 25);
        yield return Time("restore/256MiB-heap", () => times.Restore(256 * MiB), 40);
        yield return Time("snapshot/default-heap", () => times.TakeSnapshot(DefaultHeap), 300);
        yield return Time("snapshot/64MiB-heap", () => times.TakeSnapshot(64 * MiB), 1_000);
        yield return Time("snapshot/256MiB-heap", () => times.TakeSnapshot(256 * MiB), 3_000);
        yield return Time("load-from-disk/trusted", () => StoredSnapshots.Load(isTrusted: true), 1_000);
        yield return Time("load-from-disk/verified", () => StoredSnapshots.Load(isTrusted: false), wanted: null);
        yield return Time("load-from-disk/copy-and-digest", StoredSnapshots.CopyAndDigest, wanted: null);
        yield return Time("digest-1MiB", times.Digest, wanted: null);
        yield return NativeDigest.MissingBecause is { } reason
            ? QuickRow.Missing("sandbox/digest-1MiB/native", reason)
            : Time("digest-1MiB/native", NativeDigest.Measure, wanted: null);
        yield return QuickRow.OfValue(
            "sandbox/resident-per-clone", "KiB", () => ResidentMemory.Measure(Engines.Software), QuickTarget.AtMost(400, "KiB"));
        foreach (QuickRow row in Kvm())
            yield return row;
    }

    private static IEnumerable<QuickRow> Kvm()
    {
        if (Engines.Kvm.MissingBecause is string reason)
            return [QuickRow.Missing("sandbox/kvm/call", reason), QuickRow.Missing("sandbox/kvm/restore/default-heap", reason)];

        var times = new SandboxTimes(Engines.Kvm);
        return
        [
            Time("kvm/call", times.Call, wanted: null),
            Time("kvm/restore/default-heap", () => times.Restore(DefaultHeap), wanted: null),
        ];
    }

    private static QuickRow Time(string name, Func<double> measure, double? wanted)
        => QuickRow.OfValue(
            $"sandbox/{name}", "µs", measure, wanted is { } most ? QuickTarget.AtMost(most, "µs") : null);
}
