namespace Lodge.Paging;

/// <summary>A page that a table maps.</summary>
/// <param name="Range">Its addresses.</param>
/// <param name="Target">Where the first of them leads.</param>
/// <param name="Attributes">What its entry says of it.</param>
/// <param name="Level">The level of its entry, 1 having the smallest pages.</param>
public readonly record struct PageMapping(GuestRange Range, GuestAddress Target, PageAttributes Attributes, int Level);
