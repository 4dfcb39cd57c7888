namespace Lodge.Paging;

/// <summary>The size of AArch64's tables and smallest pages.</summary>
public enum AArch64Granule : byte
{
    /// <summary>4 KiB, with blocks of 2 MiB and 1 GiB (and 512 GiB with 52-bit addresses).</summary>
    Size4K = 12,

    /// <summary>16 KiB, with blocks of 32 MiB (and 64 GiB with 52-bit addresses).</summary>
    Size16K = 14,

    /// <summary>64 KiB, with blocks of 512 MiB (and 4 TiB with 52-bit addresses).</summary>
    Size64K = 16,
}
