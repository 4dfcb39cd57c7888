using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>Builds and changes a page table of any format.</summary>
/// <remarks>
/// <para>Tables are taken from a frame allocator and given back when nothing is mapped in them any more. A change that fails
/// leaves everything as it was. Each entry is changed by one store of 8 bytes, so walkers and processors may work at the same
/// time; TLBs are told to forget what changed before memory is given back, in batches.</para>
/// <para>The usual editor is the only writer of its tables. A guest that can write them too can break its own mappings, and make
/// the editor give back frames that are in use; it cannot make it leave the space of the tables, or loop. Not thread-safe.</para>
/// </remarks>
public sealed partial class PageTableEditor
{
    // Memory that is to be given back waits for a flush, at most so many pieces at a time.
    private const int MostPending = 1024;

    private readonly IAddressSpace _tables;
    private readonly IFrameAllocator _frames;
    private readonly PageTableFormat _format;
    private readonly PageTableLevel[] _levels;
    private readonly PageWalker _walker;
    private readonly PageTableEditorOptions _options;
    private readonly List<(IFrameAllocator Owner, GuestAddress Frame, ulong Size)> _pending = [];

    // What is being changed, and so what a flush before the end has to cover.
    private GuestRange _changing;

    /// <summary>An editor of a new, empty table, whose root it allocates.</summary>
    /// <param name="tables">Where the tables lie.</param>
    /// <param name="format">Their format.</param>
    /// <param name="frames">Who hands out memory for tables.</param>
    /// <param name="options">Page sizes, and who is told of changes.</param>
    /// <exception cref="PageTableException">There is no memory for the root.</exception>
    public PageTableEditor(
        IAddressSpace tables, PageTableFormat format, IFrameAllocator frames, PageTableEditorOptions? options = null)
        : this(tables, frames, new PageTable(format, NewRoot(tables, format, frames)), options)
    {
    }

    private PageTableEditor(IAddressSpace tables, IFrameAllocator frames, PageTable table, PageTableEditorOptions? options)
    {
        _tables = tables;
        _frames = frames;
        _options = options ?? PageTableEditorOptions.Default;
        _format = table.Format;
        _levels = _format.LevelArray;
        _walker = new PageWalker(tables, TranslationRegime.Of(table));
        Table = table;
    }

    /// <summary>The table.</summary>
    public PageTable Table { get; }

    /// <summary>An editor of a table that is there already.</summary>
    /// <param name="tables">Where the tables lie.</param>
    /// <param name="table">The table.</param>
    /// <param name="frames">Who hands out memory for tables, and takes back those that are not needed any more.</param>
    /// <param name="options">Page sizes, and who is told of changes.</param>
    public static PageTableEditor Open(
        IAddressSpace tables, PageTable table, IFrameAllocator frames, PageTableEditorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tables);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(frames);
        return new PageTableEditor(tables, frames, table, options);
    }

    /// <summary>Maps a range to a range of the same length, with the largest pages that fit both.</summary>
    /// <param name="range">The addresses. Nothing may be mapped there.</param>
    /// <param name="target">Where the first leads; it may be above or below.</param>
    /// <param name="attributes">What to say of the pages.</param>
    /// <param name="failure">Why nothing was mapped.</param>
    /// <returns>Whether all of it was mapped; if not, nothing was.</returns>
    /// <exception cref="ArgumentException">The range is not made of pages, or the format cannot translate it, lead there, or say
    /// this of a page.</exception>
    public bool TryMap(GuestRange range, GuestAddress target, PageAttributes attributes, out PageEditFailure failure)
    {
        RequirePages(range);
        if (!target.IsAligned(_format.PageSize.Bytes) || !IsOutput(target, range.Length))
            throw new ArgumentException($"{_format} cannot lead to 0x{range.Length:x} bytes at {target}.", nameof(target));

        return TryMap(range, new LinearTarget(unchecked(target.Value - range.Start.Value)), attributes, null, out failure);
    }

    /// <summary>Maps a range to a range of the same length, with the largest pages that fit both.</summary>
    /// <exception cref="PageTableException">Nothing was mapped.</exception>
    /// <inheritdoc cref="TryMap"/>
    public void Map(GuestRange range, GuestAddress target, PageAttributes attributes)
    {
        if (!TryMap(range, target, attributes, out PageEditFailure failure))
            Throw(failure);
    }

    /// <summary>Maps a range to a range of the same length, as ordinary memory with the rights that somebody has.</summary>
    /// <param name="range">The addresses. Nothing may be mapped there.</param>
    /// <param name="target">Where the first leads.</param>
    /// <param name="access">What may be done.</param>
    /// <param name="privilege">Whose pages they are; see <see cref="PageTableFormat.TryGetRights"/>.</param>
    /// <exception cref="PageTableException">Nothing was mapped.</exception>
    /// <exception cref="ArgumentException">The range is not made of pages, or the format has no such mapping.</exception>
    public void Map(GuestRange range, GuestAddress target, MemoryAccess access, Privilege privilege = Privilege.Supervisor)
        => Map(range, target, OrdinaryMemory(access, privilege));

    /// <summary>Maps a range to memory of its own, filled with zeros, with the largest pages that there is memory for.</summary>
    /// <param name="range">The addresses. Nothing may be mapped there. To leave pages to the first access, map them when they
    /// fault; <see cref="StageTwoSpace"/> does that for whole areas.</param>
    /// <param name="frames">Who hands out the memory.</param>
    /// <param name="attributes">What to say of the pages.</param>
    /// <param name="failure">Why nothing was mapped.</param>
    /// <returns>Whether all of it was mapped; if not, nothing was, and all memory is given back.</returns>
    /// <exception cref="ArgumentException">The range is not made of pages, or the format cannot translate it, or say this of a
    /// page.</exception>
    public bool TryMapNew(GuestRange range, IFrameAllocator frames, PageAttributes attributes, out PageEditFailure failure)
    {
        ArgumentNullException.ThrowIfNull(frames);
        RequirePages(range);
        return TryMap(range, new FreshTarget(frames, _tables), attributes, frames, out failure);
    }

    /// <summary>Maps a range to memory of its own, filled with zeros, with the largest pages that there is memory for.</summary>
    /// <exception cref="PageTableException">Nothing was mapped.</exception>
    /// <inheritdoc cref="TryMapNew"/>
    public void MapNew(GuestRange range, IFrameAllocator frames, PageAttributes attributes)
    {
        if (!TryMapNew(range, frames, attributes, out PageEditFailure failure))
            Throw(failure);
    }

    /// <summary>Takes the mappings of a range away. Large pages that lie in it in part are split.</summary>
    /// <param name="range">The addresses; what is not mapped there is passed over.</param>
    /// <param name="frames">Who takes back the memory that the pages lead to; nobody by default.</param>
    /// <param name="failure">Why nothing was unmapped: no memory for the tables of split pages.</param>
    /// <returns>Whether nothing of it is mapped any more.</returns>
    /// <exception cref="ArgumentException">The range is not made of pages, or the format cannot translate it.</exception>
    public bool TryUnmap(GuestRange range, IFrameAllocator? frames, out PageEditFailure failure)
    {
        RequirePages(range);
        return TryChange(range, new Removal(this, frames), out failure);
    }

    /// <summary>Takes the mappings of a range away. Large pages that lie in it in part are split.</summary>
    /// <exception cref="PageTableException">Nothing was unmapped.</exception>
    /// <inheritdoc cref="TryUnmap"/>
    public void Unmap(GuestRange range, IFrameAllocator? frames = null)
    {
        if (!TryUnmap(range, frames, out PageEditFailure failure))
            Throw(failure);
    }

    /// <summary>Gives the pages of a range other attributes. Large pages that lie in it in part are split.</summary>
    /// <param name="range">The addresses; what is not mapped there is passed over.</param>
    /// <param name="attributes">What to say of the pages from now on.</param>
    /// <param name="failure">Why nothing was changed: no memory for the tables of split pages.</param>
    /// <returns>Whether all pages of it have the attributes.</returns>
    /// <exception cref="ArgumentException">The range is not made of pages, or the format cannot translate it, or say this of a
    /// page.</exception>
    public bool TryProtect(GuestRange range, PageAttributes attributes, out PageEditFailure failure)
    {
        RequirePages(range);
        return TryChange(range, new Protection(Encode(attributes)), out failure);
    }

    /// <summary>Gives the pages of a range other attributes. Large pages that lie in it in part are split.</summary>
    /// <exception cref="PageTableException">Nothing was changed.</exception>
    /// <inheritdoc cref="TryProtect"/>
    public void Protect(GuestRange range, PageAttributes attributes)
    {
        if (!TryProtect(range, attributes, out PageEditFailure failure))
            Throw(failure);
    }

    /// <summary>Gives the pages of a range the rights that somebody has, and makes them ordinary memory.</summary>
    /// <exception cref="PageTableException">Nothing was changed.</exception>
    /// <exception cref="ArgumentException">The range is not made of pages, or the format has no such pages.</exception>
    public void Protect(GuestRange range, MemoryAccess access, Privilege privilege = Privilege.Supervisor)
        => Protect(range, OrdinaryMemory(access, privilege));

    /// <summary>Takes all mappings away and gives all tables back, the root too. The editor cannot be used afterwards.</summary>
    /// <param name="frames">Who takes back the memory that the pages lead to; nobody by default.</param>
    public void Release(IFrameAllocator? frames = null)
    {
        // A range has at most 2^64 − 1 bytes, and a table's addresses may be all there are: so its translated bits are gone
        // through.
        _changing = new GuestRange(0, ulong.MaxValue);
        var removal = new Removal(this, frames);
        ChangeIn(_format.Root, Table.Root.Value, 0, ulong.MaxValue >> (64 - _format.InputBits), ref removal);
        FreeLater(_frames, Table.Root, FrameOf(_format.Root));
        FlushAndFree(_changing);
    }

    /// <summary>Finds the page that an address lies in.</summary>
    /// <param name="address">The address.</param>
    /// <param name="mapping">The page as its own entry describes it.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryQuery(GuestAddress address, out PageMapping mapping)
    {
        mapping = default;
        if (!_walker.TryTranslate(address, MemoryAccess.None, Privilege.Supervisor, out PageTranslation page, out _))
            return false;

        PageTableLevel level = _format.Level(page.Level);
        mapping = new PageMapping(
            new GuestRange(address.AlignDown(level.EntryCoverage), level.EntryCoverage),
            level.LeafAddress.Get(page.Entry),
            _format.AttributesOf(page.Level, page.Entry),
            page.Level);
        return true;
    }

    /// <summary>Splits the large pages that lie in a range in part, so that changes within it cannot fail.</summary>
    /// <exception cref="ArgumentException">The range is not made of pages, or the format cannot translate it.</exception>
    /// <exception cref="PageTableException">There is no memory for the tables; nothing was split.</exception>
    internal void Split(GuestRange range)
    {
        RequirePages(range);
        if (!TrySplitEnds(range, out PageEditFailure failure))
            Throw(failure);
    }

    /// <summary>Throws where a range could never be mapped so.</summary>
    internal void RequireMappable(GuestRange range, PageAttributes attributes)
    {
        RequirePages(range);
        Encode(attributes);
    }

    /// <summary>The attributes of ordinary memory with the rights that somebody has.</summary>
    private PageAttributes OrdinaryMemory(MemoryAccess access, Privilege privilege)
        => _format.OrdinaryPage(_format.RightsFor(access, privilege));

    /// <summary>An entry without its address for each level that can map pages, by the level's number.</summary>
    private LeafTemplates Encode(PageAttributes attributes)
    {
        LeafTemplates templates = default;
        foreach (PageTableLevel level in _levels)
        {
            if (!level.CanMapPages)
                continue;

            if (!_format.TryEncodePage(level, 0, attributes, out ulong entry))
                throw new ArgumentException($"{_format} has no page with {attributes}.", nameof(attributes));

            templates[level.Number] = entry;
        }

        return templates;
    }

    private bool IsOutput(GuestAddress target, ulong length)
        => GuestRange.TryCreate(target, length, out GuestRange range) && range.Last.Value >> _format.OutputBits == 0;

    private void RequirePages(GuestRange range)
    {
        if (range.IsEmpty || !range.IsAligned(_format.PageSize.Bytes))
            throw new ArgumentException($"{range} is not a range of whole pages of {_format.PageSize}.", nameof(range));

        // Both ends, and nothing between that is not translated.
        if (!_format.Translates(range.Start) || !_format.Translates(range.Last)
            || (range.Length - 1) >> _format.InputBits != 0
            || _format.Significant(range.Start.Value) > _format.Significant(range.Last.Value)
            || IsAcrossGap(range))
        {
            throw new ArgumentException($"{_format} does not translate all of {range}.", nameof(range));
        }
    }

    // Sign-extended addresses have a hole in the middle.
    private bool IsAcrossGap(GuestRange range)
        => _format.AddressForm == AddressForm.SignExtended && range.Start.Value >> 63 != range.Last.Value >> 63;

    [DoesNotReturn]
    private static void Throw(PageEditFailure failure) => throw new PageTableException(failure);

    private static GuestAddress NewRoot(IAddressSpace tables, PageTableFormat format, IFrameAllocator frames)
    {
        ArgumentNullException.ThrowIfNull(tables);
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(frames);
        if (!TryAllocateTable(tables, frames, format, format.Root, out GuestAddress root))
            Throw(new PageEditFailure(PageEditFailureKind.OutOfFrames, 0, format.Root.Number));

        return root;
    }

    /// <summary>By level number.</summary>
    [InlineArray(PageTableFormat.MostLevels + 1)]
    private struct LeafTemplates
    {
        private ulong _first;
    }
}
