namespace Lodge.Memory;

/// <summary>A part of a <see cref="RegionLayout"/>.</summary>
/// <param name="Label">What it is, as in "heap".</param>
/// <param name="Range">Its addresses: whole pages.</param>
/// <param name="Permissions">What the guest may do there.</param>
/// <param name="UsedBytes">How many of its bytes were asked for; the rest fills up the last page.</param>
public readonly record struct LayoutPart(string Label, GuestRange Range, MemoryAccess Permissions, ulong UsedBytes);
