using System.Diagnostics.CodeAnalysis;

namespace Lodge.Machines;

/// <summary>The code that was translated from a region of memory.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed unsafe class TranslatedCode
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, CodePage> _pages = [];
    private readonly bool _isImmutable;

    public TranslatedCode(bool isImmutable) => _isImmutable = isImmutable;

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

    /// <summary>The page of an offset.</summary>
    /// <param name="offset">The offset.</param>
    /// <param name="host">Where the page lies in the host.</param>
    public CodePage PageOf(ulong offset, byte* host)
    {
        ulong number = offset >> TlbEntry.PageShift;
        lock (_lock)
        {
            if (!_pages.TryGetValue(number, out CodePage? page))
                _pages.Add(number, page = new CodePage(host, _isImmutable));

            return page;
        }
    }

    private bool TryFind(ulong offset, [NotNullWhen(true)] out CodePage? page)
        => _pages.TryGetValue(offset >> TlbEntry.PageShift, out page);
}
