namespace Lodge.Paging.Tests;

/// <summary>Translates addresses as a manual's text says it, with nothing in mind but to be easy to compare with that
/// text.</summary>
/// <param name="read">The 8 bytes at an address; nothing where there is no memory.</param>
/// <param name="accessedDirty">What becomes of accessed and dirty bits.</param>
internal abstract class PageOracle(Func<ulong, ulong?> read, AccessedDirty accessedDirty)
{
    private readonly List<OracleStep> _entries = [];
    private readonly List<OracleStep> _updates = [];

    protected ulong Address { get; private set; }

    protected MemoryAccess Access { get; private set; }

    protected bool IsUser { get; private set; }

    protected bool IsWrite => (Access & MemoryAccess.Write) != 0;

    protected bool Updates => accessedDirty == AccessedDirty.Update;

    protected bool Requires => accessedDirty == AccessedDirty.Require;

    public OracleResult Translate(ulong address, MemoryAccess access, bool isUser)
    {
        _entries.Clear();
        _updates.Clear();
        Address = address;
        Access = access;
        IsUser = isUser;
        OracleResult result = Translate();
        return result with { Entries = [.. _entries], Updates = [.. _updates] };
    }

    protected static bool Bit(ulong value, int number) => (value >> number) % 2 == 1;

    /// <summary>Bits <paramref name="high"/> to <paramref name="low"/>, both in, as a number.</summary>
    protected static ulong Bits(ulong value, int high, int low) => value << (63 - high) >> (63 - high + low);

    protected static MemoryAccess AccessOf(bool canRead, bool canWrite, bool canExecute)
        => (canRead ? MemoryAccess.Read : 0) | (canWrite ? MemoryAccess.Write : 0) | (canExecute ? MemoryAccess.Execute : 0);

    protected abstract OracleResult Translate();

    protected bool TryRead(int level, ulong entryAddress, out ulong entry)
    {
        ulong? value = read(entryAddress);
        entry = value ?? 0;
        if (value is not null)
            _entries.Add(new OracleStep(level, entryAddress, entry));

        return value is not null;
    }

    protected void Update(int level, ulong entryAddress, ulong entry) => _updates.Add(new OracleStep(level, entryAddress, entry));

    /// <summary>Sets a bit of every entry that was read but the last.</summary>
    protected void UpdateTables(int bit)
    {
        foreach (OracleStep step in _entries.SkipLast(1))
        {
            if (!Bit(step.Entry, bit))
                Update(step.Level, step.EntryAddress, step.Entry + (1UL << bit));
        }
    }

    protected static OracleResult NotTranslated() => new() { Kind = PageWalkFailureKind.NonCanonical };

    protected static OracleResult Fail(PageWalkFailureKind kind, int level, ulong entryAddress, ulong entry)
        => new() { Kind = kind, Level = level, EntryAddress = entryAddress, Entry = entry };

    /// <summary>Translation that is off.</summary>
    protected OracleResult Identity() => new()
    {
        Address = Address,
        PageBytes = 4096,
        Supervisor = MemoryAccess.All,
        User = MemoryAccess.All,
        MemoryType = MemoryType.WriteBack,
    };

    protected bool IsAllowed(MemoryAccess supervisor, MemoryAccess user) => (Access & ~(IsUser ? user : supervisor)) == 0;
}
