using System.Diagnostics.CodeAnalysis;

namespace Lodge.Paging;

/// <summary>How a processor translates addresses right now: its page tables, and the rules that its state adds.</summary>
/// <remarks>
/// <para>Made from register values (<see cref="FromX64"/> and the others), or of a page table. Register values come from guests
/// and dumps: the <c>Try…</c> forms say in a sentence what cannot be, and the plain ones throw it.</para>
/// <para>Immutable, and so safe for any number of threads.</para>
/// </remarks>
public sealed partial class TranslationRegime
{
    private TranslationRegime(PageTable? lower, PageTable? upper, bool isDivided, RegimeRules rules)
    {
        Lower = lower;
        Upper = upper;
        IsDivided = isDivided;
        Rules = rules;
        RightsUnderRules = Apply(rules);
    }

    /// <summary>The table of all addresses; on AArch64 of those whose bit 55 is 0. Null where there is none: translation is off
    /// (<see cref="IsIdentity"/>), or disabled for these addresses.</summary>
    public PageTable? Lower { get; }

    /// <summary>On AArch64, the table of the addresses whose bit 55 is 1. Null where there is none.</summary>
    public PageTable? Upper { get; }

    /// <summary>The rules that the processor's state adds.</summary>
    public RegimeRules Rules { get; }

    /// <summary>Whether translation is off: addresses are physical ones, and everything is allowed.</summary>
    public bool IsIdentity => Lower is null && !IsDivided;

    /// <summary>What the processor does with accessed and dirty bits. Hand it to <see cref="PageWalkerOptions"/> to do the
    /// same.</summary>
    public AccessedDirty ProcessorAccessedDirty
    {
        get
        {
            PageTableFormat? format = (Lower ?? Upper)?.Format;
            return format is null || format.LeafAccessed == 0 ? AccessedDirty.Ignore
                : format.HasHardwareAccessed ? AccessedDirty.Update : AccessedDirty.Require;
        }
    }

    /// <summary>Whether bit 55 chooses between two tables.</summary>
    internal bool IsDivided { get; }

    /// <summary>What is left of rights when the rules were applied, by <see cref="PageRights.Bits"/>.</summary>
    internal byte[] RightsUnderRules { get; }

    /// <summary>Translation that is off: every address is its own.</summary>
    public static TranslationRegime Identity { get; } = new(null, null, isDivided: false, RegimeRules.None);

    /// <summary>Translation that finds nothing.</summary>
    internal static TranslationRegime Nothing { get; } = new(null, null, isDivided: true, RegimeRules.None);

    /// <summary>Translation by one page table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="rules">The rules that the processor's state adds.</param>
    public static TranslationRegime Of(PageTable table, RegimeRules rules = RegimeRules.None)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new TranslationRegime(table, null, isDivided: false, rules);
    }

    /// <summary>The same regime with another root: what a processor that switches between address spaces needs.</summary>
    /// <param name="root">The address of the root of <see cref="Lower"/>.</param>
    /// <exception cref="InvalidOperationException">There is no such table.</exception>
    public TranslationRegime WithRoot(GuestAddress root)
    {
        if (Lower is null)
            throw new InvalidOperationException("There is no table for these addresses, and so no root to replace.");

        return new TranslationRegime(this, new PageTable(Lower.Format, root));
    }

    /// <summary>The table that translates an address; false where there is none.</summary>
    public bool TryGetTable(GuestAddress address, [NotNullWhen(true)] out PageTable? table)
    {
        table = IsDivided && (address.Value & UpperBit) != 0 ? Upper : Lower;
        return table is not null;
    }

    /// <summary>The table that translates an address of a divided regime for an access; null where there is none.</summary>
    internal PageTable? HalfFor(ulong address, MemoryAccess access, Privilege privilege)
    {
        bool isUpper = (address & UpperBit) != 0;
        PageTable? half = isUpper ? Upper : Lower;
        RegimeRules closed = isUpper ? RegimeRules.UserHasNoUpperHalf : RegimeRules.UserHasNoLowerHalf;
        if (half is null || (privilege == Privilege.User && (Rules & closed) != 0))
            return null;

        RegimeRules untagged = isUpper ? RegimeRules.FetchesHaveNoTagsInUpperHalf : RegimeRules.FetchesHaveNoTagsInLowerHalf;
        bool isFetch = (access & MemoryAccess.Execute) != 0;
        return isFetch && (Rules & untagged) != 0 && half.Format.Significant(address) != address ? null : half;
    }

    /// <summary>What pages allow under these rules.</summary>
    /// <param name="rights">What their entries allow.</param>
    public PageRights ApplyRules(PageRights rights) => new((uint)RightsUnderRules[rights.Bits]);

    /// <summary>The tables and the rules.</summary>
    public override string ToString()
    {
        string[] parts =
        [
            .. IsIdentity ? ["no translation"] : Array.Empty<string>(),
            .. Lower is null ? [] : new[] { Lower.ToString() },
            .. Upper is null ? [] : new[] { Upper.ToString() },
        ];
        string tables = string.Join(", ", parts);
        return Rules == RegimeRules.None ? tables : $"{tables}; {Rules}";
    }

    internal const ulong UpperBit = 1UL << 55;

    private TranslationRegime(TranslationRegime model, PageTable lower)
    {
        Lower = lower;
        Upper = model.Upper;
        IsDivided = model.IsDivided;
        Rules = model.Rules;
        RightsUnderRules = model.RightsUnderRules;
    }

    private static byte[] Apply(RegimeRules rules)
    {
        byte[] table = new byte[PageRights.AllBits + 1];
        for (uint bits = 0; bits < table.Length; bits++)
            table[bits] = Apply(rules, new PageRights(bits)).Bits;

        return table;
    }

    private static PageRights Apply(RegimeRules rules, PageRights page)
    {
        MemoryAccess supervisor = page.Supervisor;
        MemoryAccess user = page.User;

        // A page of which the user has nothing but execution is a user's page on RISC-V and none on AArch64, where kernel pages
        // can be executable for EL0; there the rules look at what the user may read.
        bool isUserPage = (rules & RegimeRules.SupervisorDoesNotExecuteUserWritable) != 0
            ? (user & MemoryAccess.Read) != 0
            : user != MemoryAccess.None;

        if ((rules & RegimeRules.SupervisorIgnoresWriteProtection) != 0 && (supervisor & MemoryAccess.Read) != 0)
            supervisor |= MemoryAccess.Write;

        if ((rules & RegimeRules.ExecutableIsReadable) != 0)
        {
            if (((isUserPage ? user : supervisor) & MemoryAccess.Execute) != 0)
                supervisor |= MemoryAccess.Read;

            if ((user & MemoryAccess.Execute) != 0)
                user |= MemoryAccess.Read;
        }

        if ((rules & RegimeRules.WritableIsNotExecutable) != 0)
        {
            if ((supervisor & MemoryAccess.Write) != 0)
                supervisor &= ~MemoryAccess.Execute;

            if ((user & MemoryAccess.Write) != 0)
                user &= ~MemoryAccess.Execute;
        }

        if ((rules & RegimeRules.SupervisorDoesNotExecuteUserWritable) != 0 && (user & MemoryAccess.Write) != 0)
            supervisor &= ~MemoryAccess.Execute;

        if ((rules & RegimeRules.SupervisorDoesNotExecuteUserPages) != 0 && isUserPage)
            supervisor &= ~MemoryAccess.Execute;

        if ((rules & RegimeRules.SupervisorDoesNotAccessUserPages) != 0 && isUserPage)
            supervisor &= ~MemoryAccess.ReadWrite;

        return new PageRights(supervisor, user);
    }
}
