namespace Lodge.Paging;

/// <summary>Why a change to a page table was not made, and where.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Address">The first address that it could not be made for.</param>
/// <param name="Level">The level of the table that was being changed, 1 having the smallest pages.</param>
public readonly record struct PageEditFailure(PageEditFailureKind Kind, GuestAddress Address, int Level)
{
    /// <summary>A sentence with the facts.</summary>
    public override string ToString() => Kind switch
    {
        PageEditFailureKind.None => "No failure.",
        PageEditFailureKind.AlreadyMapped => $"{Address} is mapped already (level {Level}).",
        PageEditFailureKind.OutOfFrames => $"There is no memory left for {Address} (level {Level}).",
        PageEditFailureKind.BadTable => $"The level-{Level} table for {Address} is broken, or not in writable memory.",
        _ => $"{Kind} at {Address}, level {Level}.",
    };
}
