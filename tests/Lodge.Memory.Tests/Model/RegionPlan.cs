namespace Lodge.Memory.Tests.Model;

/// <summary>A region of a generated layout, before anything is allocated.</summary>
/// <param name="Id">Its number in the layout.</param>
/// <param name="Start">The first address.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="Permissions">What the guest may do.</param>
/// <param name="Kind">What memory is behind it.</param>
/// <param name="IsTracked">Whether it has a dirty bitmap.</param>
/// <param name="DirtyLead">How many pages of the bitmap lie before the region's first.</param>
internal sealed record RegionPlan(
    int Id, ulong Start, ulong Size, MemoryAccess Permissions, BackingKind Kind, bool IsTracked, int DirtyLead)
{
    public UInt128 End => (UInt128)Start + Size;

    public GuestRange Range => new(Start, Size);
}
