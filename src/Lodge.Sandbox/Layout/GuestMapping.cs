namespace Lodge.Sandbox;

/// <summary>Pages of a guest that lead to neighbouring pages and allow the same.</summary>
/// <param name="Range">The guest-virtual addresses.</param>
/// <param name="Target">The guest-physical address of the first.</param>
/// <param name="Access">What the guest may do. What it may write it gets a copy of when it does, but for the window to
/// scratch.</param>
internal readonly record struct GuestMapping(GuestRange Range, GuestAddress Target, MemoryAccess Access);
