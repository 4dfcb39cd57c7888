using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Paging;

/// <summary><see cref="MappedRanges"/> over 16,384 pages that lead in all directions; an operation is one page.</summary>
internal sealed class EnumerateWorkload : Workload
{
    private readonly PagedLayout _layout = new();
    private readonly MappedRanges _ranges;

    public EnumerateWorkload() => _ranges = new PageWalker(_layout.Memory, _layout.Regime).GetMappedRanges();

    public override long OperationsPerBatch => PagedLayout.Pages;

    public override string WorkingSet => $"{PagedLayout.Pages:N0} pages, nearly as many ranges";

    public override ulong RunBatch()
    {
        ulong bytes = 0;
        _ranges.Reset();
        while (_ranges.MoveNext())
            bytes += _ranges.Current.Range.Length;

        return bytes == PagedLayout.Bytes ? bytes : throw new InvalidOperationException("A page is missing.");
    }

    public override void Dispose() => _layout.Dispose();
}
