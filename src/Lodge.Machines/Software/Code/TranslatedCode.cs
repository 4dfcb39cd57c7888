using System.Diagnostics.CodeAnalysis;

namespace Lodge.Machines;

/// <summary>The code that was translated from a region of memory.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed unsafe class TranslatedCode
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, CodePage> _pages = [];
    private readonly bool _isImmutable;
    private readonly long _budget;
    private long _bytes;

    /// <summary>For a region.</summary>
    /// <param name="isImmutable">Whether its owner vouches that it never changes.</param>
    /// <param name="budget">How many bytes it may take, about.</param>
    public TranslatedCode(bool isImmutable, long budget)
    {
        _isImmutable = isImmutable;
        _budget = budget;
    }

    /// <summary>What protects the pages.</summary>
    public Lock Lock => _lock;

    /// <summary>Whether writes to the page of an offset have to be looked at.</summary>
    public bool IsGuarded(ulong offset)
    {
        lock (_lock)
            return TryFind(offset, out CodePage? page) && page.IsGuarded;
    }

    /// <summary>Whether code was translated from any of some bytes inside a page.</summary>
    public bool Overlaps(ulong offset, int length)
    {
        lock (_lock)
            return TryFind(offset, out CodePage? page) && page.Overlaps((int)(offset & ~TlbEntry.PageMask), length);
    }

    /// <summary>Throws away what was translated from a page, if it was from any of some bytes inside it.</summary>
    public bool TryInvalidate(ulong offset, int length)
    {
        lock (_lock)
        {
            if (!TryFind(offset, out CodePage? page) || !page.Overlaps((int)(offset & ~TlbEntry.PageMask), length))
                return false;

            page.Clear();
            return true;
        }
    }

    /// <summary>Counts a block, and throws everything away where the budget is used up: a guest may execute as much memory as it
    /// has.</summary>
    /// <returns>Whether everything was thrown away; then processors have to look up again where code lies.</returns>
    public bool Count(CodeBlock block)
    {
        lock (_lock)
        {
            _bytes += CodeBlock.Bytes + (block.Ops.Length * MicroOp.Bytes);
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
    public CodePage PageOf(ulong offset, byte* host)
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

    private bool TryFind(ulong offset, [NotNullWhen(true)] out CodePage? page)
        => _pages.TryGetValue(offset >> TlbEntry.PageShift, out page);
}
