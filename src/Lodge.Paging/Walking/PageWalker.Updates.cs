namespace Lodge.Paging;

// Accessed and dirty bits, as a processor sets them: only on the way to a page that allows the access, and only where the entry
// is still what decided that.
public sealed partial class PageWalker
{
    // Another processor may change an entry between the look and the exchange. Again and again it does so only on purpose.
    private const int MostAttempts = 64;

    /// <summary>What may be done at a translated address later without another walk: not what has to set a dirty bit
    /// first.</summary>
    internal MemoryAccess AllowedWithoutWalk(GuestAddress address, in PageTranslation translation, Privilege privilege)
    {
        MemoryAccess allowed = translation.Rights.For(privilege);
        return _accessedDirty != AccessedDirty.Ignore && Regime.TryGetTable(address, out PageTable? table)
            && (translation.Entry & table.Format.CleanMask) == table.Format.CleanValue
                ? allowed & ~MemoryAccess.Write
                : allowed;
    }

    private bool TryTranslateAndUpdate(
        GuestAddress address,
        MemoryAccess access,
        Privilege privilege,
        out PageTranslation translation,
        out PageWalkFailure failure)
    {
        PageWalk walk = default;
        Walk(ref walk, address, access, privilege);
        translation = walk.Translation;
        failure = walk.Failure;
        return walk.IsTranslated;
    }

    private void TryTranslateAndUpdate(ref PageWalk walk, MemoryAccess access, Privilege privilege)
    {
        for (int attempt = 0; ; attempt++)
        {
            walk.Clear();
            bool found = TryWalk(ref walk, access, privilege, out PageTranslation translation, out PageWalkFailure failure);
            if (found && walk.Table is not null)
            {
                PageWalkFailureKind problem = TryUpdate(ref walk, access, ref translation, out PageWalkStep step);
                if (problem == PageWalkFailureKind.Contended && attempt < MostAttempts)
                    continue;

                if (problem != PageWalkFailureKind.None)
                    Fail(problem, walk.Address.Value, step, access, 0, out translation, out failure);
            }

            walk.End(translation, failure);
            return;
        }
    }

    /// <summary>Sets the bits of all entries of a walk; stops at the first that has changed meanwhile.</summary>
    private PageWalkFailureKind TryUpdate(
        ref PageWalk walk, MemoryAccess access, ref PageTranslation translation, out PageWalkStep step)
    {
        PageTableFormat format = walk.Table!.Format;
        ReadOnlySpan<PageWalkStep> entries = walk.Entries;
        step = default;
        for (int i = 0; i < entries.Length; i++)
        {
            step = entries[i];
            bool isLeaf = i == entries.Length - 1;
            ulong updated = isLeaf ? UpdatedLeaf(format, step.Entry, access) : step.Entry | format.TableAccessed;
            if (updated == step.Entry)
                continue;

            var value = new LittleEndian<ulong>(updated);
            var comparand = new LittleEndian<ulong>(step.Entry);
            if (!_tables.TryCompareExchange(step.EntryAddress, value, comparand, out LittleEndian<ulong> previous, out _))
                return PageWalkFailureKind.TableNotWritable;

            if (previous != comparand)
                return PageWalkFailureKind.Contended;

            if (isLeaf)
            {
                translation = translation.WithEntry(updated);
            }
        }

        return PageWalkFailureKind.None;
    }

    private static ulong UpdatedLeaf(PageTableFormat format, ulong entry, MemoryAccess access)
    {
        bool becomesDirty = (access & MemoryAccess.Write) != 0 && (entry & format.CleanMask) == format.CleanValue;
        return (entry | format.LeafAccessed) ^ (becomesDirty ? format.DirtyFlip : 0);
    }
}
