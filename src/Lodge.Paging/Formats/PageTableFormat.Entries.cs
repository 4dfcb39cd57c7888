using System.Numerics;
using System.Runtime.CompilerServices;

namespace Lodge.Paging;

// Entries as values: what one is, what it says, and how to make it.
public sealed partial class PageTableFormat
{
    private const int ShareabilityShift = 8;

    /// <summary>What an entry of a level is.</summary>
    /// <param name="level">The level, 1 having the smallest pages.</param>
    /// <param name="entry">The entry.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public EntryKind KindOf(int level, ulong entry) => KindOf(Level(level), entry);

    /// <summary>Where a page's or a table's entry leads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public GuestAddress TargetOf(int level, ulong entry)
    {
        PageTableLevel rules = Level(level);
        return rules.IsLeaf(entry) ? rules.LeafAddress.Get(entry) : rules.TableAddress.Get(entry);
    }

    /// <summary>What a page's entry says of the page. The tables above may take rights away.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public PageAttributes AttributesOf(int level, ulong entry)
    {
        PageTableLevel rules = Level(level);
        return new PageAttributes(new PageRights(LeafRightsOf(entry)), TypeOf(rules, entry))
        {
            IsAccessed = (entry & LeafAccessed) == LeafAccessed,
            IsDirty = (entry & CleanMask) != CleanValue,
            IsGlobal = ((entry ^ GlobalFlip) & GlobalMask) != 0,
            IgnoresGuestType = (entry & IgnoreGuestTypeMask) != 0,
            SoftwareBits = (ushort)SoftwareField.Get(entry),
            Shareability = ShareabilityMask == 0 ? FixedShareability : DecodeShareability(entry & ShareabilityMask),
        };
    }

    /// <summary>Makes the entry that maps a page.</summary>
    /// <param name="level">The level, 1 having the smallest pages.</param>
    /// <param name="target">Where the page is: a multiple of the level's page size.</param>
    /// <param name="attributes">What to say of it.</param>
    /// <param name="entry">The entry; 0 where there is none.</param>
    /// <returns>False where the format cannot say all of this exactly: <see cref="AttributesOf"/> and <see cref="TargetOf"/> give
    /// back what was encoded, or nothing is.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public bool TryEncodePage(int level, GuestAddress target, PageAttributes attributes, out ulong entry)
        => TryEncodePage(Level(level), target, attributes, out entry);

    /// <summary>Makes the entry that leads to a table of the next level, which takes no rights away.</summary>
    /// <param name="level">The level of the entry, at least 2.</param>
    /// <param name="target">Where the table is: a multiple of its size.</param>
    /// <param name="entry">The entry; 0 where there is none.</param>
    /// <returns>False where the format cannot hold the address.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level, or none below it.</exception>
    public bool TryEncodeTable(int level, GuestAddress target, out ulong entry)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, 2);
        return TryEncodeTable(Level(level), target, out entry);
    }

    /// <summary>The attributes of a page of ordinary memory.</summary>
    /// <param name="rights">What it allows.</param>
    public PageAttributes OrdinaryPage(PageRights rights)
        => new(rights, OrdinaryMemory)
        {
            Shareability = ShareabilityMask == 0 ? FixedShareability : Shareability.Inner,
        };

    /// <summary>The rights of a page that is somebody's, as this format can say them.</summary>
    /// <param name="access">What he may do.</param>
    /// <param name="privilege">Whose page it is. A supervisor's page gives the user nothing. A user's page lets the supervisor
    /// read and write the same, and execute it only where the format cannot say otherwise (x86-64). Second-stage pages are
    /// everybody's.</param>
    /// <param name="rights">The rights to encode.</param>
    /// <returns>False where the format has no such page (write-only pages, on most).</returns>
    public bool TryGetRights(MemoryAccess access, Privilege privilege, out PageRights rights)
    {
        rights = default;
        int best = -1;
        foreach (byte bits in LeafRights)
        {
            var candidate = new PageRights(bits);
            MemoryAccess other = candidate.For(privilege == Privilege.User ? Privilege.Supervisor : Privilege.User);
            if (candidate.For(privilege) != access || (other & ~access) != 0)
                continue;

            // Some numbers of the field are no page's: reserved, or without a bit that the processor does not have.
            int score = ScoreOf(other, privilege);
            if (score > best && TryEncodePage(_levels[^1], 0, OrdinaryPage(candidate), out _))
            {
                best = score;
                rights = candidate;
            }
        }

        return best >= 0;
    }

    /// <summary>As <see cref="TryGetRights"/>.</summary>
    /// <exception cref="ArgumentException">The format has no such page.</exception>
    public PageRights RightsFor(MemoryAccess access, Privilege privilege = Privilege.Supervisor)
        => TryGetRights(access, privilege, out PageRights rights)
            ? rights
            : throw new ArgumentException($"{Name} has no {privilege} page that allows {access} and no more.", nameof(access));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint LeafRightsOf(ulong entry)
    {
        if (ModifierMask != 0)
        {
            ulong modifier = (entry & ModifierMask) >> ModifierDistance;
            entry = (entry & ~(modifier & ModifierClears)) | (modifier & ModifierSets);
        }

        return LeafRights[(int)LeafRightsField.Get(entry) & 15];
    }

    /// <summary>The rights that a page's entry and the tables above it leave.</summary>
    /// <param name="entry">The page's entry.</param>
    /// <param name="inAllTables">The "and" of the tables' entries; all ones where there are none.</param>
    /// <param name="inAnyTable">Their "or".</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint RightsOf(ulong entry, ulong inAllTables, ulong inAnyTable)
    {
        // A bit that gives a right has to be set everywhere, and one that takes a right away, nowhere.
        ulong takes = TableRightsTaking;
        return TablesSayRightsAsPages
            ? LeafRights[(int)LeafRightsField.Get((entry & inAllTables & ~takes) | ((entry | inAnyTable) & takes)) & 15]
            : LeafRightsOf(entry) & TableRightsOf((inAllTables & ~takes) | (inAnyTable & takes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint TableRightsOf(ulong entry) => TableRights[(int)TableRightsField.Get(entry) & 15];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal MemoryType TypeOf(PageTableLevel level, ulong entry)
        => (entry & level.TypeBits) == 0 ? _types[0] : _types[(int)level.TypeField.Get(entry) & 15];

    /// <summary>Whether two entries for a page say the same to processors but for rights, and whether it was used or
    /// written.</summary>
    internal bool DifferInRightsOnly(ulong entry, ulong other)
    {
        ulong others = LeafRightsField.Set(uint.MaxValue) | SoftwareField.Set(uint.MaxValue);
        return ((entry ^ other) & ~(others | LeafAccessed | ModifierMask | DirtyFlip)) == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static EntryKind KindOf(PageTableLevel level, ulong entry)
        => level.IsUsualLeaf(entry) ? EntryKind.Page : KindOfUnusual(level, entry);

    private static EntryKind KindOfUnusual(PageTableLevel level, ulong entry)
    {
        if (level.IsAbsent(entry))
            return EntryKind.NotPresent;

        if (level.IsLeaf(entry))
            return level.IsMalformedLeaf(entry) ? EntryKind.Malformed : EntryKind.Page;

        return level.IsMalformedTable(entry) ? EntryKind.Malformed : EntryKind.Table;
    }

    internal bool TryEncodePage(PageTableLevel level, GuestAddress target, PageAttributes attributes, out ulong entry)
    {
        entry = 0;
        if (!level.CanMapPages || level.LeafAddress.Get(level.LeafAddress.Set(target.Value)) != target.Value)
            return false;

        ulong known = level.LeafConstant | level.LeafAddress.Set(target.Value)
            | (attributes.IsAccessed ? LeafAccessed : 0)
            | ((attributes.IsGlobal ? GlobalMask : 0) ^ GlobalFlip)
            | (attributes.IgnoresGuestType ? IgnoreGuestTypeMask : 0)
            | SoftwareField.Set(attributes.SoftwareBits)
            | (EncodeShareability(attributes.Shareability) & ShareabilityMask);
        for (uint type = 0; type < TypeTable.Length; type++)
        {
            ulong typed = known | level.TypeField.Set(type);
            if (TypeTable[type] != attributes.MemoryType || level.TypeField.Get(typed) != type)
                continue;

            for (uint rights = 0; rights < LeafRights.Length; rights++)
            {
                if (ModifierMask == 0 && LeafRights[rights] != attributes.Rights.Bits)
                    continue;

                // The dirty state is part of the rights where hardware keeps it there; so each way to say it is tried.
                ulong candidate = typed | LeafRightsField.Set(rights);
                foreach (ulong dirty in (ReadOnlySpan<ulong>)[0, DirtyFlip, ModifierMask])
                {
                    ulong tried = candidate | dirty;
                    if (KindOf(level, tried) == EntryKind.Page && AttributesOf(level.Number, tried) == attributes)
                    {
                        entry = tried;
                        return true;
                    }
                }
            }
        }

        return false;
    }

    internal static bool TryEncodeTable(PageTableLevel level, GuestAddress target, out ulong entry)
    {
        entry = level.TableConstant | level.TableAddress.Set(target.Value);
        if (level.TableAddress.Get(entry) == target.Value && KindOf(level, entry) == EntryKind.Table)
            return true;

        entry = 0;
        return false;
    }

    private const int ModifierDistance = 51 - 7;

    // How much somebody's rights suit a page that is not his.
    private int ScoreOf(MemoryAccess other, Privilege privilege)
    {
        bool executes = (other & MemoryAccess.Execute) != 0;
        int count = BitOperations.PopCount((uint)other);
        if (IsSecondStage)
            return count;

        return privilege == Privilege.Supervisor ? 3 - count : executes ? count - 1 : count + 1;
    }

    private static Shareability DecodeShareability(ulong entry) => (entry >> ShareabilityShift) switch
    {
        3 => Shareability.Inner,
        2 => Shareability.Outer,
        _ => Shareability.None,
    };

    private static ulong EncodeShareability(Shareability shareability)
        => (ulong)(shareability switch
        {
            Shareability.Inner => 3,
            Shareability.Outer => 2,
            _ => 0,
        }) << ShareabilityShift;
}
