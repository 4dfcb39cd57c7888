namespace Lodge.Sandbox;

/// <summary>Neighbouring pages of a guest that lead to neighbouring pages and allow the same.</summary>
/// <param name="Range">The guest-virtual addresses.</param>
/// <param name="Target">The guest-physical address that the first leads to; the others follow on.</param>
/// <param name="Access">What they allow.</param>
/// <param name="IsCopiedWhenWritten">Whether the guest takes a page of scratch in a page's place when it writes there. Such pages
/// do not allow writing yet.</param>
public readonly record struct GuestPages(GuestRange Range, GuestAddress Target, MemoryAccess Access, bool IsCopiedWhenWritten);
