namespace Lodge.Paging;

/// <summary>An entry that a walk read.</summary>
/// <param name="Level">The level, 1 having the smallest pages.</param>
/// <param name="EntryAddress">Where the entry lies, in the space of the tables.</param>
/// <param name="Entry">The entry.</param>
public readonly record struct PageWalkStep(int Level, GuestAddress EntryAddress, ulong Entry);
