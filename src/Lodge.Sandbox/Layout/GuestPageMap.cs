namespace Lodge.Sandbox;

/// <summary>What a guest's page tables mapped at one moment.</summary>
public sealed class GuestPageMap
{
    internal GuestPageMap(IReadOnlyList<GuestPages> ranges, bool isCutShort)
    {
        Ranges = ranges;
        IsCutShort = isCutShort;
    }

    /// <summary>The pages, by ascending guest-virtual address.</summary>
    public IReadOnlyList<GuestPages> Ranges { get; }

    /// <summary>Whether there is more than was asked for, or more tables than scratch has room for: the guest's then lead to
    /// themselves.</summary>
    public bool IsCutShort { get; }
}
