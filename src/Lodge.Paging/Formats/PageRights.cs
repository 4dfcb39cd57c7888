namespace Lodge.Paging;

/// <summary>What a page allows to the supervisor and to the user.</summary>
/// <remarks>Formats cannot say every combination: on x86-64 what the user may do the supervisor may too; see
/// <see cref="PageTableFormat.RightsFor"/>. Second-stage formats say the same for both, except where they can tell their
/// instruction fetches apart.</remarks>
public readonly record struct PageRights
{
    // Bits 2:0 are the supervisor's, bits 5:3 the user's: the index of the tables that rules of a regime are applied with.
    private const int UserShift = 3;

    /// <summary>What each may do.</summary>
    public PageRights(MemoryAccess supervisor, MemoryAccess user)
        => Bits = (byte)((int)(supervisor & MemoryAccess.All) | ((int)(user & MemoryAccess.All) << UserShift));

    internal PageRights(uint bits) => Bits = (byte)(bits & AllBits);

    /// <summary>Nothing, for nobody.</summary>
    public static PageRights None => default;

    /// <summary>Everything, for both.</summary>
    public static PageRights All => new(AllBits);

    /// <summary>What the supervisor may do.</summary>
    public MemoryAccess Supervisor => (MemoryAccess)Bits & MemoryAccess.All;

    /// <summary>What the user may do.</summary>
    public MemoryAccess User => (MemoryAccess)(Bits >> UserShift);

    internal const uint AllBits = 0x3f;

    internal byte Bits { get; }

    /// <summary>The rights that both values give.</summary>
    public static PageRights operator &(PageRights left, PageRights right) => new((uint)left.Bits & right.Bits);

    /// <summary>The rights that one of the values gives.</summary>
    public static PageRights operator |(PageRights left, PageRights right) => new((uint)left.Bits | right.Bits);

    /// <summary>The same rights for both.</summary>
    public static PageRights Same(MemoryAccess access) => new(access, access);

    /// <summary>What one of them may do.</summary>
    public MemoryAccess For(Privilege privilege) => privilege == Privilege.User ? User : Supervisor;

    /// <summary>The rights as <c>rwx/r-x</c>, the supervisor's first.</summary>
    public override string ToString() => $"{Name(Supervisor)}/{Name(User)}";

    /// <summary>The bits of an access by somebody, where <see cref="Bits"/> has them.</summary>
    internal static uint BitsOf(MemoryAccess access, Privilege privilege)
        => (uint)(access & MemoryAccess.All) << (privilege == Privilege.User ? UserShift : 0);

    private static string Name(MemoryAccess access)
        => string.Create(3, access, static (text, access) =>
        {
            text[0] = (access & MemoryAccess.Read) != 0 ? 'r' : '-';
            text[1] = (access & MemoryAccess.Write) != 0 ? 'w' : '-';
            text[2] = (access & MemoryAccess.Execute) != 0 ? 'x' : '-';
        });
}
