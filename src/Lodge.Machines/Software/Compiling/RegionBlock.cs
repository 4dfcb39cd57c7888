namespace Lodge.Machines;

/// <summary>A block as the compiler gets it: its bytes, so that nobody else's memory is looked at while it is compiled.</summary>
internal sealed record RegionBlock(ulong Start, byte[] Bytes, int Count);
