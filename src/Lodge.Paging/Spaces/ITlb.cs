namespace Lodge.Paging;

/// <summary>Somebody who remembers translations, and has to forget them when page tables change: a
/// <see cref="PagedMemory"/>, a vCPU.</summary>
/// <remarks>When a call returns, no access that begins afterwards uses a translation that was there before it began.</remarks>
public interface ITlb
{
    /// <summary>Forgets the translations of a range of addresses; more may be forgotten.</summary>
    void Flush(GuestRange range);

    /// <summary>Forgets everything.</summary>
    void FlushAll();
}
