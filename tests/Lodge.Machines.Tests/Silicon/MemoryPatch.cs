namespace Lodge.Machines.Tests.Silicon;

/// <summary>Bytes that a case's data has in place of the background.</summary>
internal readonly record struct MemoryPatch(int Offset, byte[] Bytes);
