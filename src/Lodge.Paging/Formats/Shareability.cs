namespace Lodge.Paging;

/// <summary>Which observers see a page coherently (AArch64's SH field). Other architectures have only
/// <see cref="Inner"/>.</summary>
public enum Shareability : byte
{
    /// <summary>All processors of the system: what every coherent memory is.</summary>
    Inner = 0,

    /// <summary>Further observers too.</summary>
    Outer,

    /// <summary>One processor only.</summary>
    None,
}
