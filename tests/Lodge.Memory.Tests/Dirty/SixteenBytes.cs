namespace Lodge.Memory.Tests;

/// <summary>A value that no processor writes at once.</summary>
internal readonly record struct SixteenBytes(ulong First, ulong Second);
