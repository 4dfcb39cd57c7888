namespace Lodge.Paging;

/// <summary>Who hands out physical memory for tables and pages.</summary>
/// <remarks>A guest that can write its own tables can make an editor give back what was never handed out: an allocator looks
/// before it believes.</remarks>
public interface IFrameAllocator
{
    /// <summary>Takes a piece of memory. What it holds is left from its last use.</summary>
    /// <param name="size">How many bytes: a power of two of at least 4 KiB.</param>
    /// <param name="frame">Where it is: a multiple of <paramref name="size"/>.</param>
    /// <returns>False where there is none of that size.</returns>
    bool TryAllocate(ulong size, out GuestAddress frame);

    /// <summary>Gives a piece back, or an aligned part of one.</summary>
    /// <param name="frame">Where it is.</param>
    /// <param name="size">How many bytes: a power of two of at least 4 KiB.</param>
    /// <returns>False, and nothing was done, where not all of it was handed out.</returns>
    bool Free(GuestAddress frame, ulong size);
}
