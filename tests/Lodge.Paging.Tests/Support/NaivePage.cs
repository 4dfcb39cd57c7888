namespace Lodge.Paging.Tests;

/// <summary>A page that a naive walk found.</summary>
internal readonly record struct NaivePage(ulong Address, ulong Size, ulong Target, PageAttributes Attributes, int Level);
