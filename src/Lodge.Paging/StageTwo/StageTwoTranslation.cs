namespace Lodge.Paging;

/// <summary>Where a guest-physical address leads.</summary>
/// <param name="Target">The address in the host's space.</param>
/// <param name="Contiguous">How many bytes lead on from there without a gap, at most to the area's end, and at most 512
/// pages.</param>
/// <param name="Remaining">How many bytes there are to the area's end.</param>
public readonly record struct StageTwoTranslation(GuestAddress Target, ulong Contiguous, ulong Remaining);
