namespace Lodge.Memory;

/// <summary>A range of I/O-virtual addresses, where it leads, and what may be done there.</summary>
/// <param name="Range">The I/O-virtual addresses. Not empty.</param>
/// <param name="Target">The address that the first of them leads to; the others follow on. It differs from the range's start by
/// a multiple of 8.</param>
/// <param name="Rights">What a device may do.</param>
public readonly record struct IommuMapping(GuestRange Range, GuestAddress Target, MemoryAccess Rights);
