using Lodge.Benchmarks.Machines;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Paging;
using Lodge.Benchmarks.Sandboxes;

namespace Lodge.Benchmarks.Quick;

/// <summary>All suites there are.</summary>
internal static class QuickSuites
{
    public static IReadOnlyList<IQuickSuite> All { get; } = [new MemorySuite(), new PagingSuite(), new MachinesSuite(), new SandboxSuite()];
}
