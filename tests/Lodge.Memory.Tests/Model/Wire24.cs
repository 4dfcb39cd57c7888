namespace Lodge.Memory.Tests.Model;

/// <summary>A structure that no processor reads at once.</summary>
internal readonly record struct Wire24(ulong First, LittleEndian<uint> Second, BigEndian<uint> Third, double Fourth);
