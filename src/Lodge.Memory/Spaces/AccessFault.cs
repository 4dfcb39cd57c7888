namespace Lodge.Memory;

/// <summary>What was wrong with an access to guest memory: a value, because a guest's mistake is no exception.</summary>
/// <param name="Kind">Why it failed, which tells what to do next.</param>
/// <param name="Address">The first address that could not be accessed, in the space that was asked.</param>
/// <param name="Length">The bytes of the access from <paramref name="Address"/> on that were not done.</param>
/// <param name="Access">What the access wanted.</param>
/// <param name="Allowed">For <see cref="FaultKind.Permission"/>: what is allowed there.</param>
/// <param name="Level">For <see cref="FaultKind.NotPresent"/>: the level of the table whose entry is missing, 1 being the one
/// that maps the smallest pages; 0 where the translation has no levels.</param>
public readonly record struct AccessFault(
    FaultKind Kind,
    GuestAddress Address,
    ulong Length,
    MemoryAccess Access,
    MemoryAccess Allowed = MemoryAccess.None,
    byte Level = 0)
{
    /// <summary>A sentence with the facts: the access, its length, its address, and what is there.</summary>
    public override string ToString()
    {
        if (Kind == FaultKind.None)
            return "No fault.";

        string what = $"{Name(Access)} of {Length} {(Length == 1 ? "byte" : "bytes")} at {Address}";
        return Kind switch
        {
            FaultKind.Unmapped => $"{what}: nothing is mapped there.",
            FaultKind.Permission => $"{what}: allowed there: {Name(Allowed)}.",
            FaultKind.Unaligned => $"{what}: the address is not a multiple of the access's size.",
            FaultKind.NotPresent when Level != 0 => $"{what}: the level-{Level} table has no entry for it.",
            FaultKind.NotPresent => $"{what}: no translation for it.",
            FaultKind.Device => $"{what}: a device is there, not memory.",
            FaultKind.Overflow => $"{what}: the access passes the end of the address space.",
            FaultKind.Straddles => $"{what}: the access does not lie in one piece there.",
            FaultKind.Revoked => $"{what}: the right to use it was taken back.",
            _ => $"{what}: {Kind}.",
        };
    }

    // Written out, because an enumeration names its own combinations.
    private static string Name(MemoryAccess access)
    {
        string[] names =
        [
            .. (access & MemoryAccess.Read) != 0 ? ["read"] : Array.Empty<string>(),
            .. (access & MemoryAccess.Write) != 0 ? ["write"] : Array.Empty<string>(),
            .. (access & MemoryAccess.Execute) != 0 ? ["execute"] : Array.Empty<string>(),
        ];
        return names.Length == 0 ? "nothing" : string.Join(" and ", names);
    }
}
