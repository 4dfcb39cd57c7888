using System.Diagnostics.CodeAnalysis;

namespace Lodge.Dumps;

/// <summary>Finds what of a guest's virtual memory goes into a dump: all that its tables lead to and that is there, within
/// limits.</summary>
internal sealed class CorePlan
{
    private const ulong Page = 4096;

    // For the stack, where what lies below it uses up the rest.
    private const ulong MostStackReserve = 1 << 20;
    private const int StackTables = 64;

    // A page of 1 GiB that leads nowhere is asked for in 262,144 places.
    private const int MostGaps = 1 << 18;

    private readonly IAddressSpace _memory;
    private readonly CoreDumpOptions _options;
    private readonly List<CoreSegment> _segments = [];
    private ulong _room;
    private int _gaps;
    private string? _cut;

    private CorePlan(IAddressSpace memory, CoreDumpOptions options)
    {
        _memory = memory;
        _options = options;
    }

    /// <summary>The segments, by address.</summary>
    public IReadOnlyList<CoreSegment> Segments => _segments;

    /// <summary>The virtual memory; null where the processor has none that is known.</summary>
    public PagedMemory? Virtual { get; private set; }

    /// <summary>All bytes of the segments.</summary>
    public ulong Bytes { get; private set; }

    /// <summary>What is not in the plan; null where all is.</summary>
    public string? Missing { get; private set; }

    public static CorePlan Make(IMemoryImage image, CoreDumpOptions options, CancellationToken cancellationToken)
    {
        var plan = new CorePlan(image.Memory, options);
        if (image.Processors.Count == 0)
            plan.Missing = "The machine has no processor, and so no virtual memory.";
        else
            plan.Find(image.Processors[0], cancellationToken);

        return plan;
    }

    private void Find(X64ProcessorState processor, CancellationToken cancellationToken)
    {
        if (!TryFindTables(processor, out TranslationRegime? regime, out string? problem))
        {
            Missing = problem;
            return;
        }

        Virtual = new PagedMemory(_memory, regime);
        ulong most = (ulong)_options.MostBytes;
        ulong reserve = Math.Min(most / 4, MostStackReserve) & ~(Page - 1);
        _room = most - reserve;
        GuestAddress cutAt = Add(0, _options.MostTables, cancellationToken);
        if (_cut is null)
            return;

        Missing = $"Memory from {cutAt} on is not all here: {_cut}";
        ulong stack = processor.Rsp & ~(Page - 1);
        if (stack < cutAt.Value || _segments.Count >= _options.MostSegments)
            return;

        _room = reserve;
        _gaps = 0;
        Add(stack, StackTables, cancellationToken);
    }

    private static bool TryFindTables(
        X64ProcessorState processor,
        [NotNullWhen(true)] out TranslationRegime? regime,
        [NotNullWhen(false)] out string? problem)
    {
        if (!TranslationRegime.TryFromX64(processor.ToPagingRegisters(), out regime, out problem))
            return false;

        if (regime.Lower is null && regime.Upper is null)
            problem = $"CR0 is 0x{processor.Cr0:x}: paging is off, and there is no virtual memory.";

        return problem is null;
    }

    /// <summary>Adds what is mapped from an address on.</summary>
    /// <returns>Where a limit was met.</returns>
    private GuestAddress Add(GuestAddress start, int mostTables, CancellationToken cancellationToken)
    {
        _cut = null;
        MappedRanges ranges = Virtual!.Walker.GetMappedRanges(new MappedRangesOptions { MostTables = mostTables, Start = start });
        foreach (MappedRange range in ranges)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryAdd(range, start, out GuestAddress cutAt))
                return cutAt;
        }

        if (ranges.IsCutShort)
            _cut = $"the guest has more than {mostTables} page tables.";

        return ranges.CutAt;
    }

    private bool TryAdd(in MappedRange range, GuestAddress start, out GuestAddress cutAt)
    {
        ElfSegmentFlags flags = FlagsOf(range.Rights.Supervisor | range.Rights.User);

        // A large page may begin before what was asked for.
        ulong done = start > range.Range.Start ? start - range.Range.Start : 0;
        while (done < range.Range.Length)
        {
            cutAt = range.Range.Start + done;
            ulong left = range.Range.Length - done;
            if (!_memory.TryGetSlice(range.Target + done, left, MemoryAccess.Read, out GuestSlice slice, out _))
            {
                if (++_gaps > MostGaps)
                {
                    _cut = "the guest has mapped too many pages to where there is no memory.";
                    return false;
                }

                done += Page;
                continue;
            }

            // Whole pages: what begins in one that is not all there is as good as not there.
            ulong length = slice.Length & ~(Page - 1);
            if (length == 0)
            {
                done += Page;
                continue;
            }

            if (length > _room)
            {
                _cut = $"a dump has at most {_options.MostBytes} bytes of memory.";
                length = _room & ~(Page - 1);
            }

            if (length != 0 && !TryAppend(new GuestRange(cutAt, length), flags))
                _cut = $"a dump has at most {_options.MostSegments} segments.";
            else
                cutAt = unchecked(cutAt.Value + length);

            if (_cut is not null)
                return false;

            done += length;
        }

        cutAt = default;
        return true;
    }

    private bool TryAppend(GuestRange range, ElfSegmentFlags flags)
    {
        if (_segments.Count != 0 && _segments[^1] is var last && last.Flags == flags
            && range.Start - last.Range.Start == last.Range.Length)
        {
            _segments[^1] = last with { Range = new GuestRange(last.Range.Start, last.Range.Length + range.Length) };
        }
        else if (_segments.Count >= _options.MostSegments)
        {
            return false;
        }
        else
        {
            _segments.Add(new CoreSegment(range, flags));
        }

        _room -= range.Length;
        Bytes += range.Length;
        return true;
    }

    private static ElfSegmentFlags FlagsOf(MemoryAccess access)
        => ElfSegmentFlags.Read
            | ((access & MemoryAccess.Write) != 0 ? ElfSegmentFlags.Write : 0)
            | ((access & MemoryAccess.Execute) != 0 ? ElfSegmentFlags.Execute : 0);
}
