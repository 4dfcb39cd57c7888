namespace Lodge.EndToEnd.Tests;

/// <summary>Picks addresses of a guest at which a translation may go wrong: in pages, at their edges, in holes, and where no
/// address is possible.</summary>
internal sealed class AddressSamples
{
    private const int AreaShift = 30;

    private readonly Random _random;
    private readonly int _addressBits;
    private readonly ListedPage[][] _areas;

    public AddressSamples(ListedPage[] pages, PagingDepth depth, int seed)
    {
        _random = new Random(seed);
        _addressBits = 12 + (9 * (int)depth);

        // Most pages lie in a few areas. Each area counts the same, so that the small ones are seen too.
        _areas = [.. pages.GroupBy(page => page.Start >> AreaShift).Select(area => area.ToArray())];
    }

    public IEnumerable<ulong> Pick()
    {
        foreach (ulong address in Limits())
            yield return address;

        for (int i = 0; i < 400; i++)
        {
            for (int j = 0; j < 3; j++)
                yield return InPage(PickPage());

            ListedPage page = PickPage();
            yield return page.Start;
            yield return page.Start - 1;
            yield return page.Start + page.Size - 1;
            yield return page.Start + page.Size;
            yield return Near(page);
            yield return Anywhere();
            yield return NotCanonical();
        }
    }

    private IEnumerable<ulong> Limits()
    {
        ulong firstNotCanonical = 1UL << (_addressBits - 1);
        ulong upperHalf = 0 - firstNotCanonical;
        return
        [
            0, 1, firstNotCanonical - 1, firstNotCanonical, 1UL << 47, 1UL << 56, 1UL << 63, upperHalf - 1, upperHalf,
            ulong.MaxValue,
        ];
    }

    private ListedPage PickPage()
    {
        ListedPage[] area = _areas[_random.Next(_areas.Length)];
        return area[_random.Next(area.Length)];
    }

    private ulong InPage(ListedPage page) => page.Start + ((ulong)_random.NextInt64() & (page.Size - 1));

    private ulong Near(ListedPage page)
    {
        long distance = 1L << _random.Next(13, 41);
        return page.Start + (ulong)_random.NextInt64(-distance, distance);
    }

    private ulong Anywhere()
    {
        int unused = 64 - _addressBits;
        return (ulong)(_random.NextInt64(long.MinValue, long.MaxValue) << unused >> unused);
    }

    // A page's address with one of the bits changed that have to be like the highest one in use.
    private ulong NotCanonical() => InPage(PickPage()) ^ (1UL << _random.Next(_addressBits, 64));
}
