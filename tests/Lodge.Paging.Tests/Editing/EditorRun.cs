using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>A row of generated changes to a table, each compared with a dictionary of its pages.</summary>
internal sealed class EditorRun : IDisposable
{
    private const ulong Size = 16 << 20;

    private readonly GuestMemory _memory = GuestMemory.Anonymous(Size);
    private readonly WatchfulAllocator _frames = new(0, Size);
    private readonly Random _random;
    private readonly PageTableFormat _format;
    private readonly PageTableEditor _editor;
    private readonly PageAttributes[] _attributes;
    private readonly int _framesOfRoot;
    private readonly ulong _base;
    private readonly ulong _page;

    // How many smallest pages a page of the next level has, and the whole stretch that is changed.
    private readonly int _pagesInLarge;
    private readonly int _pages;

    private readonly Dictionary<int, ModelPage> _model = [];

    // Frames of pages that nobody takes back when they are unmapped.
    private int _owned;

    public EditorRun(PageTableFormat format, int seed)
    {
        _random = new Random(seed);
        _format = format;
        _page = format.PageSize.Bytes;
        _pagesInLarge = (int)(format.Level(2).EntryCoverage / _page);
        _pages = Math.Min(3, format.Level(2).EntryCount) * _pagesInLarge;
        _editor = new PageTableEditor(
            _memory, format, _frames, new PageTableEditorOptions { LargestPageLevel = seed % 2 == 0 ? 5 : 1 });
        _framesOfRoot = _frames.InUse;

        // Up to the last address where that can be said.
        ulong last = NaiveTables.Extend(format, (1UL << format.InputBits) - 1);
        _base = last - ((ulong)_pages * _page) + 1;
        _attributes = EncodablePages.Of(format);
    }

    public void Run(int changes)
    {
        Action[] all = [Map, Map, Map, MapNew, Unmap, Unmap, Protect];
        for (int i = 0; i < changes; i++)
        {
            all[_random.Next(all.Length)]();
            for (int j = 0; j < 20; j++)
                CompareAt(_random.Next(_pages));
        }

        CompareAll();
        CompareRanges();
        _editor.Unmap(new GuestRange(_base, (ulong)_pages * _page));
        Assert.Equal([], NaiveTables.Read(_memory, _editor.Table));
        Assert.Equal(_framesOfRoot, _frames.InUse - _owned);
        _editor.Release();
        Assert.Equal(0, _frames.InUse - _owned);
        Assert.Equal("", _frames.Problems);
    }

    public void Dispose() => _memory.Dispose();

    private void Map()
    {
        (int first, int count) = NextRun();
        PageAttributes attributes = NextAttributes();

        // Aligned as the addresses are, or not: only then large pages fit both.
        ulong most = 1UL << Math.Min(_format.OutputBits, 40);
        ulong large = (ulong)_pagesInLarge * _page;
        ulong shift = _random.Next(3) == 0 ? _page : 0;
        ulong target = ((ulong)_random.Next(64) * large) + shift + ((ulong)(first % _pagesInLarge) * _page);
        if (target + ((ulong)count * _page) > most)
            target = 0;

        bool done = _editor.TryMap(RangeOf(first, count), target, attributes, out PageEditFailure failure);
        ExpectMapped(first, count, done, failure);
        for (int i = 0; done && i < count; i++)
            _model.Add(first + i, new ModelPage(target + ((ulong)i * _page), attributes));
    }

    private void MapNew()
    {
        (int first, int count) = NextRun();
        count = Math.Min(count, 8);
        PageAttributes attributes = NextAttributes();
        int before = _frames.InUse;
        bool done = _editor.TryMapNew(RangeOf(first, count), _frames, attributes, out PageEditFailure failure);
        ExpectMapped(first, count, done, failure);
        if (!done)
        {
            Assert.Equal(before, _frames.InUse);
            return;
        }

        _owned += (int)((ulong)count * _page / 4096);
        for (int i = 0; i < count; i++)
        {
            Assert.True(_editor.TryQuery(AddressOf(first + i), out PageMapping mapping));
            ulong target = mapping.Target.Value + (AddressOf(first + i) - mapping.Range.Start.Value);
            _model.Add(first + i, new ModelPage(target, attributes));
        }
    }

    private void Unmap()
    {
        (int first, int count) = NextRun();
        _editor.Unmap(RangeOf(first, count));
        for (int i = 0; i < count; i++)
            _model.Remove(first + i);
    }

    private void Protect()
    {
        (int first, int count) = NextRun();
        PageAttributes attributes = NextAttributes();
        _editor.Protect(RangeOf(first, count), attributes);
        for (int i = first; i < first + count; i++)
        {
            if (_model.TryGetValue(i, out ModelPage page))
                _model[i] = page with { Attributes = attributes };
        }
    }

    private void ExpectMapped(int first, int count, bool done, PageEditFailure failure)
    {
        int taken = Enumerable.Range(first, count).FirstOrDefault(_model.ContainsKey, -1);
        Assert.Equal(taken < 0, done);
        if (taken >= 0)
            Assert.Equal((PageEditFailureKind.AlreadyMapped, AddressOf(taken)), (failure.Kind, failure.Address.Value));
    }

    private void CompareAt(int page)
    {
        bool found = _editor.TryQuery(AddressOf(page) + 5, out PageMapping mapping);
        Assert.Equal(_model.TryGetValue(page, out ModelPage expected), found);
        if (found)
        {
            Assert.Equal(
                expected,
                new ModelPage(mapping.Target.Value + (AddressOf(page) - mapping.Range.Start.Value), mapping.Attributes));
        }
    }

    private void CompareAll()
    {
        var found = new Dictionary<int, ModelPage>();
        foreach (NaivePage page in NaiveTables.Read(_memory, _editor.Table))
        {
            for (ulong offset = 0; offset < page.Size; offset += _page)
            {
                int index = (int)((page.Address + offset - _base) / _page);
                found.Add(index, new ModelPage(page.Target + offset, page.Attributes));
            }
        }

        Assert.True(found.Count == _model.Count, $"{found.Count} pages for {_model.Count}");
        foreach ((int index, ModelPage page) in _model)
            Assert.True(found[index] == page, $"{AddressOf(index):x}: {found[index]} for {page}");
    }

    private void CompareRanges()
    {
        var expected = new List<(ulong Start, ulong Length, ulong Target, PageRights Rights, MemoryType Type)>();
        foreach ((int index, ModelPage page) in _model.OrderBy(pair => pair.Key))
        {
            (PageRights rights, MemoryType type) = (page.Attributes.Rights, page.Attributes.MemoryType);
            if (expected.Count > 0 && expected[^1] is var last && last.Start + last.Length == AddressOf(index)
                && last.Target + last.Length == page.Target && (last.Rights, last.Type) == (rights, type))
            {
                expected[^1] = last with { Length = last.Length + _page };
            }
            else
            {
                expected.Add((AddressOf(index), _page, page.Target, rights, type));
            }
        }

        MappedRanges ranges = new PageWalker(_memory, TranslationRegime.Of(_editor.Table)).GetMappedRanges();
        Assert.Equal(
            expected,
            ranges.Select(range => (
                range.Range.Start.Value, range.Range.Length, range.Target.Value, range.Rights, range.MemoryType)));
        Assert.Equal((0, 0, false), (ranges.MalformedEntries, ranges.TablesOutsideMemory, ranges.IsCutShort));
    }

    private (int First, int Count) NextRun()
    {
        int first = _random.Next(_pages);
        int count = 1 + _random.Next(_random.Next(2) == 0 ? 10 : _pagesInLarge * 2);
        if (_random.Next(3) == 0)
        {
            first -= first % _pagesInLarge;
            count = Math.Max(_pagesInLarge, count - (count % _pagesInLarge));
        }

        return (first, Math.Min(count, _pages - first));
    }

    private PageAttributes NextAttributes() => _attributes[_random.Next(_attributes.Length)];

    private ulong AddressOf(int page) => _base + ((ulong)page * _page);

    private GuestRange RangeOf(int first, int count) => new(AddressOf(first), (ulong)count * _page);

    private readonly record struct ModelPage(ulong Target, PageAttributes Attributes);
}
