namespace Lodge.Paging;

/// <summary>How a page's memory may be cached and reordered, in the words of the architectures.</summary>
public enum MemoryType : byte
{
    /// <summary>Normal memory with write-back caches: x86 WB, Arm Normal Inner and Outer Write-Back.</summary>
    WriteBack = 0,

    /// <summary>Cached, writes go through: x86 WT, Arm Normal Write-Through.</summary>
    WriteThrough,

    /// <summary>Cached, writes go past the cache: x86 WP.</summary>
    WriteProtected,

    /// <summary>Not cached, writes may be combined: x86 WC.</summary>
    WriteCombining,

    /// <summary>Not cached, unless the MTRRs say write-combining: x86 UC−.</summary>
    UncacheableMinus,

    /// <summary>Not cached, strongly ordered: x86 UC.</summary>
    Uncacheable,

    /// <summary>Normal memory that is not cached: Arm Normal Non-cacheable, RISC-V Svpbmt NC.</summary>
    NonCacheable,

    /// <summary>Normal memory whose inner and outer caches differ (Arm). The entry's index tells which.</summary>
    MixedCaching,

    /// <summary>A device: gathering, reordering and early acknowledgement allowed (Arm Device-GRE).</summary>
    DeviceGre,

    /// <summary>A device: no gathering (Arm Device-nGRE).</summary>
    DeviceNGre,

    /// <summary>A device: no gathering, no reordering (Arm Device-nGnRE).</summary>
    DeviceNGnRe,

    /// <summary>A device: no gathering, no reordering, no early acknowledgement (Arm Device-nGnRnE).</summary>
    DeviceNGnRnE,

    /// <summary>A device, strongly ordered (RISC-V Svpbmt IO).</summary>
    Io,

    /// <summary>What the platform says of the physical address (RISC-V PMA).</summary>
    Platform,

    /// <summary>An index to which the architecture gives no meaning, or not one of these (Arm Tagged memory, XS
    /// attributes).</summary>
    Unknown,
}
