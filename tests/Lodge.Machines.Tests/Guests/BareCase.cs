namespace Lodge.Machines.Tests;

/// <summary>Arguments of a program and its result.</summary>
internal readonly record struct BareCase(ulong First, ulong Second, ulong Third, ulong Expected);
