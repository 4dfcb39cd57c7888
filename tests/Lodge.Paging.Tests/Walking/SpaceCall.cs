namespace Lodge.Paging.Tests;

/// <summary>What a space was asked for, and whether it agreed.</summary>
internal readonly record struct SpaceCall(ulong Address, ulong Length, MemoryAccess Access, bool IsGranted);
