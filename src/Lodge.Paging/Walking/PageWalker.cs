using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>Walks page tables: from an address to the page that it lies in.</summary>
/// <remarks>
/// <para>Tables come from guests, so every bit in them is taken for hostile: a walk reads as many entries as the format has
/// levels, each once, and nothing that they say makes it throw, loop, or read outside of the space of the tables.</para>
/// <para>Allocates nothing. Safe for any number of threads: two walks at the same time see what each finds.</para>
/// </remarks>
public sealed partial class PageWalker
{
    private readonly IAddressSpace _tables;

    // The usual kind of space, for reads that need no interface.
    private readonly GuestMemory? _memory;
    private readonly AccessedDirty _accessedDirty;

    // Of the regime, here for the fast way.
    private readonly PageTable? _lower;
    private readonly bool _isDivided;
    private readonly byte[] _rightsUnderRules;

    /// <summary>A walker over tables.</summary>
    /// <param name="tables">Where the tables lie: physical memory, or for nested paging the stage below.</param>
    /// <param name="regime">Which tables, and which rules.</param>
    /// <param name="options">What is done with accessed and dirty bits; nothing by default.</param>
    public PageWalker(IAddressSpace tables, TranslationRegime regime, PageWalkerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tables);
        ArgumentNullException.ThrowIfNull(regime);
        Options = options ?? PageWalkerOptions.Default;
        Regime = regime;
        _tables = tables;
        _memory = tables as GuestMemory;
        _accessedDirty = Options.AccessedDirty;
        _lower = regime.Lower;
        _isDivided = regime.IsDivided;
        _rightsUnderRules = regime.RightsUnderRules;
    }

    /// <summary>The tables and rules.</summary>
    public TranslationRegime Regime { get; }

    /// <summary>How pages are walked.</summary>
    public PageWalkerOptions Options { get; }

    /// <summary>Translates an address for an access.</summary>
    /// <param name="address">The address.</param>
    /// <param name="access">What will be done; <see cref="MemoryAccess.None"/> asks where it leads and no more.</param>
    /// <param name="privilege">Who does it.</param>
    /// <param name="translation">Where the address leads.</param>
    /// <param name="failure">Why it leads nowhere, or the access is not allowed.</param>
    /// <returns>Whether there is a page that allows the access.</returns>
    public bool TryTranslate(
        GuestAddress address,
        MemoryAccess access,
        Privilege privilege,
        out PageTranslation translation,
        out PageWalkFailure failure)
    {
        GuestMemory? memory = _memory;
        if (memory is null || _accessedDirty == AccessedDirty.Update)
            return TryTranslateSlow(address, access, privilege, out translation, out failure);

        NoTrace trace = default;
        return TryWalk(new MemoryEntryReader(memory), ref trace, address.Value, access, privilege, out translation, out failure);
    }

    /// <summary>Translates an address as <see cref="TryTranslate"/> does, and keeps all that was seen on the way.</summary>
    /// <param name="address">The address.</param>
    /// <param name="access">What would be done.</param>
    /// <param name="privilege">Who would do it.</param>
    /// <returns>The walk. Its entries are there also where it failed.</returns>
    public PageWalk Walk(
        GuestAddress address, MemoryAccess access = MemoryAccess.None, Privilege privilege = Privilege.Supervisor)
    {
        PageWalk walk = default;
        Walk(ref walk, address, access, privilege);
        return walk;
    }

    /// <summary>Enumerates everything that the tables map, as merged ranges in ascending order.</summary>
    /// <param name="options">Where to begin, and how many tables to visit at most.</param>
    /// <returns>An enumeration that finds one range at a time. Accessed and dirty bits are left alone.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of tables is below 1.</exception>
    public MappedRanges GetMappedRanges(MappedRangesOptions? options = null)
        => new(_tables, Regime, options ?? MappedRangesOptions.Default);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryTranslateSlow(
        GuestAddress address,
        MemoryAccess access,
        Privilege privilege,
        out PageTranslation translation,
        out PageWalkFailure failure)
    {
        if (_accessedDirty == AccessedDirty.Update)
            return TryTranslateAndUpdate(address, access, privilege, out translation, out failure);

        NoTrace trace = default;
        return TryWalk(new SpaceEntryReader(_tables), ref trace, address.Value, access, privilege, out translation, out failure);
    }

    private void Walk(ref PageWalk walk, GuestAddress address, MemoryAccess access, Privilege privilege)
    {
        Regime.TryGetTable(address, out PageTable? table);
        walk.Address = address;
        walk.Table = table;
        if (_accessedDirty == AccessedDirty.Update)
        {
            TryTranslateAndUpdate(ref walk, access, privilege);
            return;
        }

        TryWalk(ref walk, access, privilege, out PageTranslation translation, out PageWalkFailure failure);
        walk.End(translation, failure);
    }

    /// <summary>Walks and keeps the entries.</summary>
    private bool TryWalk(
        ref PageWalk walk,
        MemoryAccess access,
        Privilege privilege,
        out PageTranslation translation,
        out PageWalkFailure failure)
    {
        var trace = new FullTrace(ref walk);
        return TryWalk(
            new SpaceEntryReader(_tables), ref trace, walk.Address.Value, access, privilege, out translation, out failure);
    }

    // Inlined: it has one caller for each kind, and the frames of two methods are a tenth of a walk.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryWalk<TReader, TTrace>(
        TReader reader,
        ref TTrace trace,
        ulong address,
        MemoryAccess access,
        Privilege privilege,
        out PageTranslation translation,
        out PageWalkFailure failure)
        where TReader : struct, IEntryReader
        where TTrace : struct, IWalkTrace, allows ref struct
    {
        PageTable? table = _isDivided ? Regime.HalfFor(address, access, privilege) : _lower;
        if (table is null)
            return TryWithoutTable(address, access, out translation, out failure);

        PageTableFormat format = table.Format;
        if (!table.Translates(address))
            return Fail(PageWalkFailureKind.NonCanonical, address, default, access, 0, out translation, out failure);

        ulong tableAddress = table.Root.Value;
        ulong inAllTables = ulong.MaxValue;
        ulong inAnyTable = 0;

        // Formats are made so that entries of the last level are pages, or absent.
        for (PageTableLevel level = format.Root; ; level = level.Below!)
        {
            ulong entryAddress = tableAddress + (((address >> level.Shift) & level.IndexMask) * PageTableFormat.EntryBytes);
            if (!reader.TryRead(entryAddress, out ulong entry))
            {
                var missing = new PageWalkStep(level.Number, entryAddress, 0);
                return Fail(
                    PageWalkFailureKind.TableOutsideMemory, address, missing, access, 0, out translation, out failure);
            }

            trace.Add(level.Number, entryAddress, entry);
            if (!level.IsUsualTable(entry))
            {
                EntryKind kind = PageTableFormat.KindOf(level, entry);
                if (kind == EntryKind.Page)
                {
                    uint rights = _rightsUnderRules[format.RightsOf(entry, inAllTables, inAnyTable)];
                    PageWalkFailureKind problem = FindProblem(format, entry, rights, access, privilege);
                    if (problem != PageWalkFailureKind.None)
                    {
                        var last = new PageWalkStep(level.Number, entryAddress, entry);
                        return Fail(problem, address, last, access, rights, out translation, out failure);
                    }

                    ulong target = level.LeafAddress.Get(entry) | (address & (level.EntryCoverage - 1));
                    translation = new PageTranslation(
                        target, entry, level.Number, level.Shift, rights, format.TypeOf(level, entry));
                    failure = default;
                    return true;
                }

                if (kind != EntryKind.Table)
                {
                    var last = new PageWalkStep(level.Number, entryAddress, entry);
                    bool isMalformed = kind == EntryKind.Malformed;
                    return Fail(
                        isMalformed ? PageWalkFailureKind.Malformed : PageWalkFailureKind.NotPresent,
                        address, last, access, 0, out translation, out failure);
                }
            }

            inAllTables &= entry;
            inAnyTable |= entry;
            tableAddress = level.TableAddress.Get(entry);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PageWalkFailureKind FindProblem(
        PageTableFormat format, ulong entry, uint rights, MemoryAccess access, Privilege privilege)
    {
        bool isAllowed = (PageRights.BitsOf(access, privilege) & ~rights) == 0;
        if (_accessedDirty != AccessedDirty.Require)
            return isAllowed ? PageWalkFailureKind.None : PageWalkFailureKind.Permission;

        bool isAccessed = (entry & format.LeafAccessed) == format.LeafAccessed;
        if (!isAllowed)
            return !isAccessed && format.LooksAtAccessedFirst ? PageWalkFailureKind.NotAccessed : PageWalkFailureKind.Permission;

        if (!isAccessed)
            return PageWalkFailureKind.NotAccessed;

        return (access & MemoryAccess.Write) != 0 && (entry & format.CleanMask) == format.CleanValue
            ? PageWalkFailureKind.NotDirty
            : PageWalkFailureKind.None;
    }

    // Translation is off, or these addresses have no table.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryWithoutTable(ulong address, MemoryAccess access, out PageTranslation translation, out PageWalkFailure failure)
    {
        if (_isDivided)
            return Fail(PageWalkFailureKind.NonCanonical, address, default, access, 0, out translation, out failure);

        translation = new PageTranslation(address, 0, 0, PageSize.Size4K.Shift, PageRights.AllBits, MemoryType.WriteBack);
        failure = default;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Fail(
        PageWalkFailureKind kind,
        ulong address,
        PageWalkStep last,
        MemoryAccess access,
        uint rights,
        out PageTranslation translation,
        out PageWalkFailure failure)
    {
        translation = default;
        failure = new PageWalkFailure(kind, address, last, access, new PageRights(rights));
        return false;
    }
}
