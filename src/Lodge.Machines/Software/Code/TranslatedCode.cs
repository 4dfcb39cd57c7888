using System.Diagnostics.CodeAnalysis;

namespace Lodge.Machines;

/// <summary>What the software engine has translated of the code in a region of memory.</summary>
/// <remarks>
/// <para>Machines keep one for each slot by themselves. Make one to share it: whatever is decoded and compiled for one machine is
/// there for every other one that maps the same memory (<see cref="MemorySlotOptions.Code"/>), and stays when machines go. That
/// is for memory that never changes, such as a program that many machines begin with; whoever makes it vouches for that.</para>
/// <para>Thread-safe.</para>
/// </remarks>
public sealed unsafe class TranslatedCode
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, CodePage> _pages = [];
    private readonly bool _isImmutable;
    private readonly long _budget;
    private long _bytes;

    /// <summary>For a region that never changes.</summary>
    /// <param name="region">The memory. It is kept alive; where it is disposed of, its code is zeros.</param>
    /// <param name="budget">About how many bytes decoded instructions may take; see
    /// <see cref="SoftwareOptions.TranslationBudget"/>.</param>
    /// <exception cref="ArgumentException">The guest may write to the region.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The budget is less than 1 MiB.</exception>
    public TranslatedCode(MemoryRegion region, long budget = SoftwareOptions.DefaultTranslationBudget)
        : this(region, isImmutable: true, budget)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(budget, SoftwareOptions.LeastTranslationBudget);
        SlotRules.Check(region);
        if (SlotRules.IsWritable(region))
            throw new ArgumentException($"The region {region} can be written, so its code may change.", nameof(region));
    }

    internal TranslatedCode(MemoryRegion region, bool isImmutable, long budget)
    {
        Region = region;
        _isImmutable = isImmutable;
        _budget = budget;
    }

    /// <summary>The memory.</summary>
    public MemoryRegion Region { get; }

    /// <summary>About how many bytes the decoded instructions take.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <summary>What protects the pages.</summary>
    internal Lock Lock => _lock;

    /// <summary>Whether writes to the page of an offset have to be looked at.</summary>
    internal bool IsGuarded(ulong offset)
    {
        lock (_lock)
            return TryFind(offset, out CodePage? page) && page.IsGuarded;
    }

    /// <summary>Whether code was translated from any of some bytes inside a page.</summary>
    internal bool Overlaps(ulong offset, int length)
    {
        lock (_lock)
            return TryFind(offset, out CodePage? page) && page.Overlaps((int)(offset & ~TlbEntry.PageMask), length);
    }

    /// <summary>Throws away what was translated from a page, if it was from any of some bytes inside it.</summary>
    internal bool TryInvalidate(ulong offset, int length)
    {
        lock (_lock)
        {
            if (!TryFind(offset, out CodePage? page) || !page.Overlaps((int)(offset & ~TlbEntry.PageMask), length))
                return false;

            Clear(page);
            return true;
        }
    }

    /// <summary>Throws away what was translated from a page.</summary>
    internal void Clear(CodePage page)
    {
        lock (_lock)
        {
            _bytes -= page.BlockBytes;
            page.Clear();
        }
    }

    /// <summary>Counts a block, and throws everything away where the budget is used up: a guest may execute as much memory as it
    /// has.</summary>
    /// <returns>Whether everything was thrown away; then processors have to look up again where code lies.</returns>
    internal bool CountAndLimit(CodeBlock block)
    {
        lock (_lock)
        {
            long bytes = CodeBlock.Bytes + (block.Ops.Length * MicroOp.Bytes);
            _bytes += bytes;
            if (block.Page is { } its)
                its.BlockBytes += bytes;

            if (_bytes <= _budget)
                return false;

            foreach (CodePage page in _pages.Values)
                page.GiveUp();

            _pages.Clear();
            _bytes = 0;
            return true;
        }
    }

    /// <summary>The page of an offset.</summary>
    /// <param name="offset">The offset.</param>
    /// <param name="host">Where the page lies in the host.</param>
    internal CodePage PageOf(ulong offset, byte* host)
    {
        ulong number = offset >> TlbEntry.PageShift;
        lock (_lock)
        {
            if (_pages.TryGetValue(number, out CodePage? page))
                return page;

            page = new CodePage(host, _isImmutable);
            _pages.Add(number, page);
            _bytes += CodePage.Bytes;
            return page;
        }
    }

    /// <summary>Throws unless a region is the same memory.</summary>
    internal void CheckIsOf(MemoryRegion region)
    {
        bool isSamePlace = region.Mapping == Region.Mapping && region.MappingOffset == Region.MappingOffset;
        if (!isSamePlace || region.Size != Region.Size || SlotRules.IsWritable(region))
        {
            throw new ArgumentException(
                $"The translated code is that of {Region}; {region} is other memory, or can be written.", nameof(region));
        }
    }

    private bool TryFind(ulong offset, [NotNullWhen(true)] out CodePage? page)
        => _pages.TryGetValue(offset >> TlbEntry.PageShift, out page);
}
