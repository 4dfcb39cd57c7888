namespace Lodge.Dumps;

/// <summary>Neighbouring pages of equal rights.</summary>
/// <param name="Range">The guest-virtual addresses.</param>
/// <param name="Flags">What the guest could do there.</param>
internal readonly record struct CoreSegment(GuestRange Range, ElfSegmentFlags Flags);
