namespace Lodge.Sandbox;

/// <summary>A place in a guest's code.</summary>
/// <param name="Address">The guest-virtual address.</param>
/// <param name="Symbol">Its name and the distance from there; null where there is none.</param>
internal readonly record struct GuestLocation(GuestAddress Address, string? Symbol)
{
    /// <summary>As in <c>sha256_block+0x1c (0x6234)</c>, or the address alone.</summary>
    public override string ToString() => Symbol is null ? $"{Address}" : $"{Symbol} ({Address})";
}
