namespace Lodge.Memory;

/// <summary>Whether a mapping is made of huge pages.</summary>
public enum HugePages
{
    /// <summary>The system's ordinary pages.</summary>
    None,

    /// <summary>Ordinary pages that the kernel may join into huge ones when it can (Linux; elsewhere nothing happens).</summary>
    Transparent,

    /// <summary>2 MiB pages from the system's pool. Mapping fails with a clear error when the pool has not enough of
    /// them.</summary>
    Size2M,

    /// <summary>1 GiB pages from the system's pool. Mapping fails with a clear error when the pool has not enough of
    /// them.</summary>
    Size1G,
}
