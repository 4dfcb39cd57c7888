using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>What was wrong with an access to guest memory: a value, because a guest's mistake is no exception.</summary>
public readonly record struct AccessFault
{
    // Four bytes in one, so that a fault is three stores: more, and the wide loads of its copies would wait for them.
    private readonly uint _details;

    /// <summary>A fault.</summary>
    /// <param name="kind">Why the access failed.</param>
    /// <param name="address">The first address that could not be accessed.</param>
    /// <param name="length">The bytes of the access from there on.</param>
    /// <param name="access">What the access wanted.</param>
    /// <param name="allowed">For <see cref="FaultKind.Permission"/>: what is allowed there.</param>
    /// <param name="level">For <see cref="FaultKind.NotPresent"/> and <see cref="FaultKind.BadTranslation"/>: the level of the
    /// table.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AccessFault(
        FaultKind kind,
        GuestAddress address,
        ulong length,
        MemoryAccess access,
        MemoryAccess allowed = MemoryAccess.None,
        byte level = 0)
    {
        Address = address;
        Length = length;
        _details = (uint)kind | ((uint)access << 8) | ((uint)allowed << 16) | ((uint)level << 24);
    }

    /// <summary>The first address that could not be accessed, in the space that was asked.</summary>
    public GuestAddress Address { get; init; }

    /// <summary>The bytes of the access from <see cref="Address"/> on that were not done.</summary>
    public ulong Length { get; init; }

    /// <summary>Why the access failed, which tells what to do next.</summary>
    public FaultKind Kind => (FaultKind)(byte)_details;

    /// <summary>What the access wanted.</summary>
    public MemoryAccess Access => (MemoryAccess)(byte)(_details >> 8);

    /// <summary>For <see cref="FaultKind.Permission"/>: what is allowed there.</summary>
    public MemoryAccess Allowed => (MemoryAccess)(byte)(_details >> 16);

    /// <summary>For <see cref="FaultKind.NotPresent"/> and <see cref="FaultKind.BadTranslation"/>: the level of the table whose
    /// entry is missing or broken, 1 being the one that maps the smallest pages; 0 where the translation has no levels.</summary>
    public byte Level => (byte)(_details >> 24);

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
            FaultKind.BadTranslation => $"{what}: the level-{Level} table on the way to it is broken.",
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
