namespace Lodge.Paging.Tests;

/// <summary>One access, by the walker and by the oracle.</summary>
internal sealed class WalkComparison(
    PageWalker walker, OracleResult expected, ulong address, MemoryAccess access, Privilege privilege)
{
    /// <summary>Compares what <see cref="PageWalker.TryTranslate"/> says; true where there is a page.</summary>
    public bool Translate()
    {
        bool isTranslated = walker.TryTranslate(
            address, access, privilege, out PageTranslation translation, out PageWalkFailure failure);
        Compare(isTranslated, translation, failure);
        return isTranslated;
    }

    /// <summary>Compares what <see cref="PageWalker.Walk"/> says, with all entries.</summary>
    public void Walk()
    {
        PageWalk walk = walker.Walk(address, access, privilege);
        Compare(walk.IsTranslated, walk.Translation, walk.Failure);
        Expect("the walk's address", new GuestAddress(address), walk.Address);
        Expect("number of entries", expected.Entries.Count, walk.Entries.Length);
        for (int i = 0; i < walk.Entries.Length; i++)
        {
            PageWalkStep step = walk.Entries[i];
            Expect("entry on the way", expected.Entries[i], new OracleStep(step.Level, step.EntryAddress.Value, step.Entry));
        }
    }

    private void Compare(bool isTranslated, in PageTranslation translation, in PageWalkFailure failure)
    {
        Expect("outcome", expected.Kind, failure.Kind);
        Expect("success", expected.Kind == PageWalkFailureKind.None, isTranslated);
        if (isTranslated)
        {
            Expect("failure", default, failure);
            Expect("address", expected.Address, translation.Address.Value);
            Expect("page", expected.PageBytes, translation.PageSize.Bytes);
            Expect("rest of the page", expected.PageBytes - (expected.Address % expected.PageBytes), translation.BytesInPage);
            Expect("rights", new PageRights(expected.Supervisor, expected.User), translation.Rights);
            Expect("memory type", expected.MemoryType, translation.MemoryType);
            Expect("level", expected.Level, translation.Level);
            Expect("entry", expected.Entry, translation.Entry);
            return;
        }

        Expect("translation", true, translation == default);
        Expect("level", expected.Level, failure.Level);
        Expect("entry's address", expected.EntryAddress, failure.EntryAddress.Value);
        Expect("entry", expected.Entry, failure.Entry);
        Expect("access", access, failure.Access);
        Expect("address", address, failure.Address.Value);
        if (expected.Kind == PageWalkFailureKind.Permission)
            Expect("allowed", new PageRights(expected.Supervisor, expected.User), failure.Allowed);
    }

    private void Expect<T>(string aspect, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new InvalidOperationException(
                $"{access} of {privilege} at 0x{address:x}, {walker.Regime}: "
                + $"{aspect} should be {Text(expected)}, but is {Text(actual)}");
        }
    }

    private static string Text<T>(T value) => value is ulong number ? $"0x{number:x}" : $"{value}";
}
